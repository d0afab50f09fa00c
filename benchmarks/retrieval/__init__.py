"""Measures the search on public development sets, beside what one would build first.

    python -m benchmarks.retrieval DATA [--work DIR] [--library SET=HOME] [--reader SPEC] [--only TABLE]

DATA has the folders `allganize-ja`, `localgovfaq` and `jaquad`, as `lsqa.evaluation.public_suites` reads them. DIR
keeps the libraries that are made of them (minutes each, once). Every row is asked the same questions in one run, and
stands with its paired bootstrap interval against the first row.
"""
