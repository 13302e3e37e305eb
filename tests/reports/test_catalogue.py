"""A report is two files and nothing else; these tests find what was left half done."""

from pathlib import Path

import pytest

import localytics.reports
from localytics.query.report import catalogue
from localytics.query.template import sections

FOLDER = Path(localytics.reports.__path__[0])
MODEL_USAGE = {
    "analytics/summary",
    "analytics/usage",
    "analytics/activity/heatmap",
    "analytics/timeline",
    "analytics/costs",
    "analytics/models/usage",
    "analytics/models",
    "analytics/tokens",
    "analytics/agents",
    "analytics/projects",
    "analytics/projects/comparison",
    "analytics/trends",
    "analytics/sessions",
}


def test_every_report_is_two_sibling_files() -> None:
    modules = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}
    assert modules == {path.stem for path in FOLDER.glob("*.sql")}
    assert modules == set(catalogue())


def test_every_question_about_model_usage_has_its_report() -> None:
    assert {report.path for report in catalogue().values()} >= MODEL_USAGE


def test_no_two_reports_share_a_path() -> None:
    paths = [report.path for report in catalogue().values()]
    assert len(set(paths)) == len(paths)


@pytest.mark.parametrize("name", catalogue())
def test_every_section_is_asked(name: str) -> None:
    # A section may be named by an option: the metrics of trends are.
    sources = [(FOLDER / f"{name}.py").read_text()]
    if name == "trends":
        sources.append((FOLDER.parent / "query" / "insights.py").read_text())
    assert sections(name)
    for section in sections(name):
        assert any(f'"{section}"' in source for source in sources), section


@pytest.mark.parametrize("name", catalogue())
def test_the_table_is_a_list_of_the_answer_or_made_of_it(name: str) -> None:
    report = catalogue()[name]
    made = report.table is None or callable(report.table)
    assert made or report.table in report.answer.__struct_fields__


@pytest.mark.parametrize("name", catalogue())
def test_reports_do_not_import_each_other(name: str) -> None:
    source = (FOLDER / f"{name}.py").read_text()
    assert "localytics.reports" not in source
