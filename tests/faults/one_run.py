"""One ingest in a process of its own, which says each stage as it begins: what the tests of this folder kill.

Arguments: home, and ``publish`` or nothing. The rules are left out (10 s to import); everything else is real.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "flows"))

from small_reports import passing

from flows import batches, pipeline, releasing
from warehouse import publish as publishing


def announced(fn, *args, **kw):
    print(fn.__name__, flush=True)
    return fn(*args, **kw)


def publish_only(con, home, building, checked):
    """The release alone."""
    publishing.put_out(con, home, building)
    return releasing.Outcome("completed", "", str(home.published))


def main():
    batches.gate.check_batch = passing
    releasing.audited = lambda con, home, building, shrinks: releasing.Outcome("completed", "")
    releasing.publish = publish_only
    releasing.render = lambda con, home, stop: None
    home = pipeline.Home.at(sys.argv[1])
    how = pipeline.How(call=announced, chunk=5, processes=1, settle=0, patience=60)
    summary = pipeline.ingest(home, publish="publish" in sys.argv, how=how)
    print(f"done {summary.outcome} loaded={summary.loaded} known={summary.known}", flush=True)


if __name__ == "__main__":
    main()
