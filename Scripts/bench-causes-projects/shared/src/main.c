#include <assert.h>
#include <stdio.h>
#include "record.h"

int answer(int number);

int main(int count, char **words)
{
	assert(count > 0);
	printf("%s of %s %s, in %s\n%s", words[0], __DATE__, __TIME__, __FILE__, record);
	return answer(count) == 42;
}
