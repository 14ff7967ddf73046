import Commands
import Glibc

exit(await Program.run(arguments: Array(CommandLine.arguments.dropFirst())))
