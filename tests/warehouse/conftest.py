"""One fixture: an empty warehouse in a home of its own, with the shipped catalogue and divisions."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for hand_made: under importlib, tests find no sibling by themselves

from hand_made import Warehouse

from warehouse import database, reference
from warehouse.home import Home


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
