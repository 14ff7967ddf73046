#pragma once
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
// Swift does not import SCMP_ACT_ERRNO, a macro with an argument.
static inline uint32_t verbatim_seccomp_errno(uint16_t number) { return SCMP_ACT_ERRNO(number); }
// Swift's Glibc lacks memfd_create, and Swift does not import the variadic syscall.
static inline int verbatim_memory_file(void) { return (int)syscall(SYS_memfd_create, "verbatim", 1u); }
