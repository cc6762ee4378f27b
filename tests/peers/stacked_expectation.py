"""What a perfect generator of stacked digits scores on average (StackedExpectationTests): modes found of 1,000 equal ones, and KL to uniform, by SciPy's binomial."""
import numpy as np
from scipy.stats import binom

for n in (100, 2000, 26000):
    k = np.arange(1, n + 1)
    share = k / n
    print(n, 1000 * (1 - 0.999**n), 1000 * np.sum(binom.pmf(k, n, 0.001) * share * np.log(1000 * share)))
