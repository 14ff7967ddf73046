"""Drives a headless Chromium through its debugging pipe, with nothing but Python's standard library.

drive.py CHROMIUM STEPS.json: STEPS is a list of steps, done in order:
  {"open": PATH, "hash": TEXT, "width": N, "height": N, "scheme": "light|dark", "scripts": true|false}
  {"evaluate": EXPRESSION}       awaits a promise
  {"media": "print|screen"}
  {"screenshot": PATH}           of the whole page, or its first 8000 lines of pixels
  {"pdf": PATH}
Prints {"values": [of each evaluate, as JSON], "seconds": [of each open], "errors": [console errors and exceptions]} as JSON.
"""
import base64, json, os, subprocess, sys, tempfile, time


class Browser:
    def __init__(self, program, profile):
        # The browser reads commands from its descriptor 3 and answers on its descriptor 4.
        command_read, self.commands = os.pipe()
        self.answers, answer_write = os.pipe()

        def arrange():
            a, b = os.dup2(command_read, 30), os.dup2(answer_write, 31)
            os.dup2(a, 3), os.dup2(b, 4)

        arguments = [program, "--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu",
                     "--disable-dev-shm-usage", "--hide-scrollbars", "--disable-background-networking",
                     "--disable-component-update", "--user-data-dir=" + profile, "about:blank"]
        if os.geteuid() == 0:
            arguments.insert(1, "--no-sandbox")
        self.process = subprocess.Popen(arguments, preexec_fn=arrange, close_fds=False, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(command_read), os.close(answer_write)
        self.buffer, self.number, self.events, self.session = b"", 0, [], None

    def receive(self):
        while b"\0" not in self.buffer:
            data = os.read(self.answers, 1 << 20)
            if not data:
                sys.exit("the browser ended")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def send(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(method + ": " + json.dumps(answer["error"]))
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while True:
            for index, event in enumerate(self.events):
                if event.get("method") == method:
                    return self.events.pop(index)
            self.events.append(self.receive())

    def errors(self):
        found = []
        for event in self.events:
            parameters = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                found.append(json.dumps(parameters["exceptionDetails"]))
            if event.get("method") == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
                found.append(parameters["entry"]["text"])
            if event.get("method") == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
                found.append(json.dumps(parameters["args"]))
        return found


def main():
    program, steps = sys.argv[1], json.load(open(sys.argv[2]))
    values, seconds = [], []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        target = browser.send("Target.createTarget", url="about:blank")["targetId"]
        browser.session = browser.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            browser.send(domain + ".enable")
        for step in steps:
            if "open" in step:
                width = step.get("width", 1200)
                browser.send("Emulation.setDeviceMetricsOverride", width=width,
                             height=step.get("height", 900), deviceScaleFactor=1, mobile=False)
                browser.send("Emulation.setEmulatedMedia", media="screen", features=[
                    {"name": "prefers-color-scheme", "value": step.get("scheme", "light")}])
                browser.send("Emulation.setScriptExecutionDisabled", value=not step.get("scripts", True))
                browser.send("Page.navigate", url="about:blank")
                browser.wait("Page.loadEventFired")
                start = time.monotonic()
                browser.send("Page.navigate", url="file://" + step["open"] + step.get("hash", ""))
                browser.wait("Page.loadEventFired")
                seconds.append(time.monotonic() - start)
            elif "evaluate" in step:
                answer = browser.send("Runtime.evaluate", expression=step["evaluate"], awaitPromise=True,
                                      returnByValue=True)
                values.append(json.dumps(answer["result"].get("value", answer["result"].get("description"))))
            elif "media" in step:
                browser.send("Emulation.setEmulatedMedia", media=step["media"])
            elif "screenshot" in step:
                height = browser.send("Runtime.evaluate", expression="document.documentElement.scrollHeight",
                                      returnByValue=True)["result"]["value"]
                browser.send("Emulation.setDeviceMetricsOverride", width=width, height=min(height, 8000),
                             deviceScaleFactor=1, mobile=False)
                browser.send("Runtime.evaluate", expression="new Promise(done => setTimeout(done, 300))",
                             awaitPromise=True)
                picture = browser.send("Page.captureScreenshot")
                open(step["screenshot"], "wb").write(base64.b64decode(picture["data"]))
            elif "pdf" in step:
                browser.send("Emulation.setEmulatedMedia", media="", features=[])
                document = browser.send("Page.printToPDF", preferCSSPageSize=True)
                open(step["pdf"], "wb").write(base64.b64decode(document["data"]))
        errors = browser.errors()
        browser.session = None
        browser.send("Browser.close")
        browser.process.wait()
    json.dump({"values": values, "seconds": seconds, "errors": errors}, sys.stdout)


main()
