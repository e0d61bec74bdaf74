"""Trouble on purpose: the small reports and fixtures of tests/flows, and a process to kill."""

import importlib.util
import sys
from pathlib import Path

FLOWS = Path(__file__).parent.parent / "flows"
sys.path.insert(0, str(FLOWS))
spec = importlib.util.spec_from_file_location("flows_conftest", FLOWS / "conftest.py")
assert spec
assert spec.loader
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
home, quick = module.home, module.quick
