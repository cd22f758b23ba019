"""What a replay brought against what was expected of it."""

from watchkeeper.sandbox.comparison import Outcome, differences
from watchkeeper.sandbox.expectation import Alert, DeployEnd, Expectation, Message, Page, Promotion, Scaling
from watchkeeper.timeline import TimelineEvent

NOTHING = Expectation(pages=(), slack=(), scaling=())


def page(minute: int, status: str = "triggered", *assignees: str) -> TimelineEvent:
    detail = {"status": status, "service": "api-local", "assignees": list(assignees)}
    return TimelineEvent(minute * 60, "page", "Q1", "t", detail=detail)


def brought(*events: TimelineEvent, alerts: tuple[tuple[int, str, tuple[str, ...]], ...] = ()) -> Outcome:
    return Outcome(start_s=0, events=events, alerts=alerts, states={})


def expecting(*pages: Page) -> Expectation:
    return Expectation(pages=pages, slack=(), scaling=())


def test_what_came_as_it_was_written_down_leaves_no_difference() -> None:
    """Every list once; a row compares what it says."""
    expected = Expectation(
        pages=(Page(at="+1m", status="triggered", service="/api-.*/"),),
        slack=(Message(at="+2m", channel="slack-a", text="[Triggered] x"),),
        scaling=(Scaling(at="+3m", service="api", before=2, after=4),),
        deployments=(DeployEnd(at="+4m", service="api", outcome="failed"),),
        promotions=(Promotion(at="+5m", before="/w.*/", after="r"),),
        alerts=(Alert(at="+6m", monitor="m", group=("a:1", "b:2")),),
        states={"m": "Alert"},
    )
    seen = Outcome(
        0,
        [
            page(1, "triggered", "Ana"),
            TimelineEvent(120, "notification", "slack-a", "[Triggered] x, to slack-a", detail={"status": "sent"}),
            TimelineEvent(180, "scaling", "s", "t", service="api", detail={"from": 2, "to": 4, "policy": "cpu"}),
            TimelineEvent(200, "deploy", "s", "t", service="api", detail={"revision": "r:2"}),
            TimelineEvent(240, "deploy", "s", "t", service="api", detail={"outcome": "failed"}),
            TimelineEvent(300, "failover", "aurora", "t", detail={"from": "w1", "to": "r"}),
            TimelineEvent(310, "note", "n", "t"),
        ],
        [(360, "m", ("a:1", "b:2"))],
        {"m": "Alert", "n": "OK"},
    )

    assert differences(expected, seen) == []


def test_what_is_missing_and_what_was_not_expected_is_told_line_by_line() -> None:
    """With everything that is known of it."""
    expected = expecting(Page(at="+1m..+2m", status="triggered", service="api-local", assignee="Bo"))

    assert differences(expected, brought(page(3, "triggered", "Bo"))) == [
        "missing page: at +1m..+2m, status triggered, service api-local, assignee Bo",
        "unexpected page: at +3m, status triggered, service api-local, assignee Bo",
    ]
    assert differences(NOTHING, brought(alerts=((60, "m", ()),))) == ["unexpected alert: at +1m, monitor m"]


def test_a_row_with_a_wide_span_leaves_the_narrow_one_its_event() -> None:
    """Whatever their order in the file."""
    wide, narrow = (Page(at=at, status="triggered", service="api-local") for at in ("+1m..+3m", "+1m"))

    for pages in ((wide, narrow), (narrow, wide)):
        assert differences(expecting(*pages), brought(page(1), page(3))) == []


def test_everybody_who_is_paged_is_compared() -> None:
    """Two at one level stand with a comma between them."""
    expected = expecting(Page(at="+1m", status="triggered", service="api-local", assignee="Ana, Bo"))

    assert differences(expected, brought(page(1, "triggered", "Ana", "Bo"))) == []
    assert len(differences(expected, brought(page(1, "triggered", "Ana")))) == 2


def test_a_monitor_that_does_not_stand_where_it_should_is_told() -> None:
    """OK, where nothing is written down."""
    outcome = Outcome(0, [], [], {"m": "No Data"})

    assert differences(NOTHING, outcome) == ["state of m: expected OK, seen No Data"]
