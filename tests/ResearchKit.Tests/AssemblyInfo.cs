using Xunit.Sdk;
using Xunit.v3;

// Seeds, thread counts and libtorch's global state are the process's: one test at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
