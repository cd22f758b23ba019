"""What a backtest found as JSON."""

import math
from collections.abc import Mapping
from typing import Any

from watchkeeper.commands.monitors.backtest import Answer
from watchkeeper.monitors.backtest.outcome import GroupOutcome, Outcome, pages_by_hour, totals
from watchkeeper.monitors.backtest.variants import adds_up
from watchkeeper.monitors.backtest.wording import comparison
from watchkeeper.monitors.state import Transition
from watchkeeper.timeline import utc_text


def answer_record(answer: Answer) -> dict[str, Any]:
    """The JSON form, `schema_version` 1."""
    record: dict[str, Any] = {
        "schema_version": 1,
        "from": utc_text(answer.start),
        "to": utc_text(answer.end),
        "partial": answer.is_partial,
        "missing": answer.partial_text or None,
        "rows": answer.rows,
        "dropped": answer.dropped,
        "unasked": dict(answer.unasked),
        "requests": answer.requests,
        "monitors": [_outcome_record(each, answer) for each in answer.outcomes],
        "woken": dict(answer.woken),
        "pages_that_call_nobody": sum(each.pages for each in answer.outcomes if not each.calls_somebody),
        "pages_by_hour": pages_by_hour(at for each in answer.outcomes for at in each.page_times),
        "problems": [
            {
                "severity": problem.severity,
                "file": problem.where.file if problem.where else None,
                "line": problem.where.line if problem.where else None,
                "message": problem.what,
            }
            for problem in answer.problems
        ],
        "wall_s": round(answer.wall_s, 3),
    }
    if answer.variants:
        # A threshold is in the unit of its monitor: sums over several monitors would say nothing.
        has_sums = adds_up(answer.variants) or len(answer.outcomes) == 1
        record["variants"] = [
            {
                "settings": dict(pair.split("=", 1) for pair in name.split(" ")),
                **(totals(found) if has_sums else {}),
                "monitors": [{"id": each.monitor, **totals([each]), **_scored(answer, each)} for each in found],
            }
            for name, found in answer.variants.items()
        ]
    if answer.base:
        record["base"] = {
            "revision": answer.base,
            **totals(answer.before),
            "monitors": comparison(answer.outcomes, answer.before),
        }
    return record


def _outcome_record(outcome: Outcome, answer: Answer) -> dict[str, Any]:
    longest = outcome.longest
    return {
        "id": outcome.monitor,
        "title": outcome.title,
        "groups": [_group_record(each) for each in outcome.groups],
        **totals([outcome]),
        "repeats": outcome.repeats,
        "longest_alert_s": longest[2] if longest else 0,
        "reaches": list(outcome.reaches),
        "had_data": outcome.had_data,
        "approximations": list(outcome.notes),
        **_scored(answer, outcome),
    }


def _scored(answer: Answer, outcome: Outcome) -> dict[str, Any]:
    found = answer.score(outcome)
    return {"score": found.to_json()} if found else {}


def _group_record(found: GroupOutcome) -> dict[str, Any]:
    return {
        "group": ",".join(found.group),
        "transitions": [_transition_record(change) for change in found.transitions],
        "pages": found.pages,
        "warnings": found.warnings,
        "alert_s": found.alert_s,
        "flaps": found.flaps,
    }


def _transition_record(change: Transition) -> Mapping[str, Any]:
    return {
        "at": utc_text(change.at),
        "from": change.previous,
        "to": change.current,
        # JSON knows no infinity.
        "value": change.value if change.value is None or math.isfinite(change.value) else None,
        "notifies": change.notifies,
        "renotify": change.is_renotify,
    }
