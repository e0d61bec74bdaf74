"""CHECK: what must hold of a batch before it is loaded, and of the warehouse after (Great Expectations), and the
quality pages that people read.

Works on Polars frames and on an open DuckDB connection it is handed; knows nothing of files, loads or flows. Importing
this package is cheap: Great Expectations (10 CPU-seconds) is imported inside the function that validates.
"""
