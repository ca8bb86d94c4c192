"""Downloads that never lose a byte: request, plan, queue, job, transfer, journal, publication."""
