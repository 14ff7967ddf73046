struct pair {
	int first, second;
};

static int sum(struct pair pair) { return pair.first + pair.second; }

int answer(int number)
{
	struct pair pair = {number, CONTENT};
	int total = 0;

	for (int index = 0; index < 64; index++)
		total += sum(pair) * index;
	return total;
}
