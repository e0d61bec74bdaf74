"""KEEP: the DuckDB warehouse — open, migrate, load, correct, publish, and ask.

Knows how readings become tables that can be asked and trusted. Leaves out reading (``annual_reports``), checking
(``expectations``: its gate and audit are handed in as functions) and running (``flows``).
"""
