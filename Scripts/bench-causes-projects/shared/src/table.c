const double table[8] = {1, 2, 3, 5, 8, 13, 21, 34};

double dot(const double *left, const double *right)
{
	double total = 0;

	for (int index = 0; index < 8; index++)
		total += left[index] * right[index];
	return total;
}
