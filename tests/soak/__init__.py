"""The full counts, run in parts that can be stopped and taken up again; their sums are kept in docs/soak.md."""
