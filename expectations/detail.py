"""Great Expectations' own results and Data Docs, kept in the home's ``quality/`` beside our tables and pages.

They are the engineers' detail: every expectation with its arguments, in English. Knows how they are stored and how many
are kept; the pages for people are ``expectations.pages``, which also make these open offline.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

KEPT_RUNS = {"batch": 3, "warehouse": 20}  # by the end of a run's name; the quality tables keep the results of all


def keep(state: Path, name: str, said: Sequence[tuple[Any, Any]]) -> None:
    """Store what the run ``name`` has ``said`` (for each suite Great Expectations' suite and its result) in ``state``.

    What a run of the same kind before the latest KEPT_RUNS left is removed. The Data Docs are ``build``'s.
    """
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    _prune(state)
    site, run = context(state), RunIdentifier(run_name=name)
    for suite, result in said:
        result.meta |= {"run_id": run, "validation_time": run.run_time}
        described = ExpectationSuiteIdentifier(suite.name)
        key = ValidationResultIdentifier(described, run, result.batch_id)
        site.validation_results_store.store_validation_results(result, key, described)
        if _changed(state, suite):
            site.suites.add_or_update(suite)


def build(state: Path) -> Path | None:
    """Bring the Data Docs up to date with what is kept in ``state``: once for all batches of a run, for each building
    costs a third of a second. Returns their folder, None where nothing is kept."""
    if not (state / "results").is_dir():
        return None
    site, docs = context(state), state / "docs"
    stores = {"validations": site.validation_results_store, "expectations": site.expectations_store}
    fresh = [
        key
        for folder, store in stores.items()
        for key in store.list_keys()
        if not (docs / folder / f"{'/'.join(key.to_tuple())}.html").is_file()
    ]
    site.build_data_docs(resource_identifiers=fresh)
    return docs


def _changed(state: Path, suite: Any) -> bool:
    """Whether the suite is not kept yet, or with other rules; then the page that describes it is to be made anew."""
    mark, page = state / "described" / suite.name, state / f"docs/expectations/{suite.name}.html"
    rules = [
        (one.expectation_type, one.dict(exclude={"id", "meta"}, exclude_defaults=True)) for one in suite.expectations
    ]
    now = hashlib.sha256(repr(rules).encode()).hexdigest()
    if mark.is_file() and mark.read_text() == now and (state / f"suites/{suite.name}.json").is_file():
        return False
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.write_text(now)
    page.unlink(missing_ok=True)
    return True


def _prune(state: Path) -> None:
    """Remove the results and pages of runs that are not kept, leaving room for one: the index lists all there is."""
    runs = {path.name for path in state.glob("results/*/*") if path.is_dir()}
    for kind, most in KEPT_RUNS.items():
        for name in sorted(name for name in runs if name.endswith(kind))[: 1 - most or None]:
            for folder in (*state.glob(f"results/*/{name}"), *state.glob(f"docs/validations/*/{name}")):
                shutil.rmtree(folder, ignore_errors=True)


def context(state: Path | None) -> Any:
    """An ephemeral context; with ``state`` its suites, results and Data Docs lie there as files: what is not in the
    store is taken out of the pages."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import DataContextConfig

    def store(kind: str, backend: dict[str, Any]) -> dict[str, Any]:
        return {"class_name": kind, "store_backend": backend}

    def files(folder: str) -> dict[str, Any]:
        if state is None:
            return {"class_name": "InMemoryStoreBackend"}
        return {"class_name": "TupleFilesystemStoreBackend", "base_directory": str((state / folder).resolve())}

    memory = {"class_name": "InMemoryStoreBackend"}
    docs = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": files("docs"),
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    return gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            expectations_store_name="suites",
            validation_results_store_name="results",
            checkpoint_store_name="checkpoints",
            stores={
                "suites": store("ExpectationsStore", files("suites")),
                "results": store("ValidationResultsStore", files("results")),
                "checkpoints": store("CheckpointStore", memory),
                "validation_definition_store": store("ValidationDefinitionStore", memory),
            },
            data_docs_sites={"docs": docs} if state else {},
            progress_bars={"globally": False},
        ),
    )
