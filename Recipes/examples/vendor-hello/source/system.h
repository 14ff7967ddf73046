/* The two system calls that the programs need, on Linux for x86-64. */
#ifndef SYSTEM_H
#define SYSTEM_H

static inline long call3(long number, long first, long second, long third)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(first), "S"(second), "d"(third)
			 : "rcx", "r11", "memory");
	return result;
}

static inline void say(const char *text, long length)
{
	call3(1, 1, (long)text, length);
}

static inline _Noreturn void leave(int status)
{
	for (;;)
		call3(60, status, 0, 0);
}

#endif
