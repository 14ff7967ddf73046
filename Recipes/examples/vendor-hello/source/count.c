#include "system.h"

#define LAST 9

_Noreturn void _start(void)
{
	char line[2] = {'0', '\n'};

	for (int digit = 1; digit <= LAST; digit++) {
		line[0] = (char)('0' + digit);
		say(line, sizeof line);
	}
	leave(0);
}
