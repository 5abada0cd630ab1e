"""A load that is the same wherever it is put: workloads as data, statements by a seed, ceilings measured in the same run."""
