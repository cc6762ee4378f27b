using ResearchKit.Support;
using Xunit.Sdk;
using Xunit.v3;

// Seeds, thread counts and libtorch's global state are the process's: what happens in it happens one test at a time, all in one collection.
// Tests that only start programs run beside it, in three rows (LessonRow, ProgramTests, NotebookPrograms), one of a row at a time. Two rows
// run at a time: a training has one thread, and two of them have a core each.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]
[assembly: TestCollectionOrderer(typeof(LongestFirst))]
[assembly: AssemblyFixture(typeof(OneThread))]
