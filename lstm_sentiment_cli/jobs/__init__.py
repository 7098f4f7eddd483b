"""Many files as one job: planned, scored unit by unit in several processes, and resumed."""
