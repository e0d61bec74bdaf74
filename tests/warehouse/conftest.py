"""An empty warehouse in a home of its own, with the shipped catalogue and divisions; and one with the samples."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for hand_made: under importlib, tests find no sibling by themselves

from hand_made import T0, Warehouse

from annual_reports import divisions
from annual_reports.reading import read
from warehouse import database, load, reference
from warehouse.frames import files, frames
from warehouse.home import Home

SAMPLES = Path(__file__).parent.parent.parent / "samples"


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory):
    """The file of an empty warehouse with the shipped catalogue and divisions, made once."""
    home = Home.at(tmp_path_factory.mktemp("empty"))
    con = database.open(home)
    reference.refresh(con, home)
    con.close()
    return home.warehouse


@pytest.fixture
def warehouse(tmp_path, empty_warehouse):
    home = Home.at(tmp_path / "home").make()
    shutil.copyfile(empty_warehouse, home.warehouse)
    made = Warehouse(home, database.open(home))
    yield made
    made.con.close()


@pytest.fixture(scope="session")
def samples_home(tmp_path_factory):
    home = Home.at(tmp_path_factory.mktemp("samples")).make()
    shutil.copyfile(SAMPLES / "divisions.csv", home.divisions)
    return home


@pytest.fixture(scope="session")
def samples(samples_home):
    """The samples, read and loaded."""
    con = database.open(samples_home)
    reference.refresh(con, samples_home)
    places = divisions.load(samples_home.divisions)
    reports = [read(p.read_bytes(), p.name, divisions=places) for p in sorted((SAMPLES / "reports").iterdir())]
    seen = load.locations([(r.sha256, r.file, None, r.size) for r in reports], T0)
    load_id = load.begin(con, "1", "1")
    load.load_chunk(
        con, frames(reports), files(reports), seen,
        load_id=load_id, reader_version="1", catalogue_version="1", cache=samples_home.temporary,
    )  # fmt: skip
    yield con
    con.close()
