/* Runs a program and says what it cost: user+system CPU in microseconds and peak resident memory in bytes, on the
 * first line of FILE; its own exit status is the program's.  A small program of its own because the peak that the
 * kernel keeps for a child counts the memory of the process that forked it: an interpreter would hide 10 MB. */
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int64_t us(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

int main(int argc, char **argv)
{
	struct rusage use;
	int status;

	if (argc < 3) {
		fprintf(stderr, "usage: cost FILE PROGRAM ARGUMENT...\n");
		return 2;
	}
	pid_t child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &use) != child) {
		perror("cost");
		return 126;
	}
	int64_t cpu = us(use.ru_utime) + us(use.ru_stime), peak = (int64_t)use.ru_maxrss * 1024; /* the kernel's KiB */
	FILE *f = fopen(argv[1], "w");
	if (!f || fprintf(f, "%" PRId64 " %" PRId64 "\n", cpu, peak) < 0 || fclose(f)) {
		perror(argv[1]);
		return 126;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
