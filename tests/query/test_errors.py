"""What a person reads who wrote a query wrong."""

import copy

import pytest

from watchkeeper.query.expressions import parse_expression
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_query

M = "avg(last_5m):"


def error_of(text: str, monitor_type: str | None = None) -> QuerySyntaxError:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(text, monitor_type)
    return caught.value


@pytest.mark.parametrize(
    ("text", "column", "message", "fix"),
    [
        (f"{M}anomolies(a{{*}}, 'agile') > 1", 14, "unknown function `anomolies`", "did you mean `anomalies`?"),
        (f"{M}averge:a{{*}} > 1", 14, "unknown aggregator `averge`", "did you mean `avg`?"),
        (f"{M}a{{*}}.as_cnt() > 1", 19, "unknown method `as_cnt`", "did you mean `as_count`"),
        (f"{M}a{{*}}.fill(zeros) > 1", 24, "unknown fill mode `zeros`", "did you mean `zero`?"),
        (f"{M}a{{*}}.rollup(averag, 60) > 1", 26, "unknown rollup aggregator `averag`", "did you mean `avg`?"),
        (f"{M}a{{*}}.as_count(1) > 1", 28, "takes no arguments", "remove the rest"),
        (f"{M}a{{*}}.rollup() > 1", 19, "needs an argument", "write .rollup(sum, 60)"),
        (f"{M}top(a{{*}}, 10, 'mean') > 1", 14, "takes 3 arguments after the query, not 2", "write top(query, limit"),
        (f"{M}top(a{{*}}, 'ten', 'mean', 'desc') > 1", 24, "a number as its `limit`", ""),
        (f"{M}anomalies(a{{*}}, 'agil', 2) > 1", 30, "unknown algorithm of anomalies `agil`", "did you mean `agile`?"),
        (f"{M}anomalies(a{{*}}, 'agile', 2, directon='both') > 1", 42, "unknown argument of anomalies", "`direction`"),
        (f"{M}anomalies(a{{*}}, 'agile', 2, direction=) > 1", 52, "expected a metric", ""),
        (f"{M}a{{*}} = 1", 19, "expected a comparison, found `=`", "write =="),
        (f"{M}a{{*}} => 1", 19, "expected a comparison", "write =="),
        ("avg(last_5m):abs(avg:a{*}) by {b} > 1", 28, "expected a comparison, found `by`", "groups stand right behind"),
        (f"{M}a{{*}} >", 20, "the threshold must be a number, not the end", "end with > 0.05"),
        (f"{M}a{{*}} > 1 2", 23, "unexpected `2`", "remove it"),
        (f"{M}a{{*}}", 18, "expected a comparison, found the end", "end with > 0.05"),
        (f"{M}a > 1", 16, "expected a scope after `a`", "write {*} for all"),
        (f"{M}(a{{*}} > 1", 20, "expected `)` to close the bracket", "write `)` here"),
        (f"{M}a{{env}} by host > 1", 24, "expected keys in braces after `by`", "write by {host}"),
        (f"{M}a{{*}} by {{host,}} > 1", 28, "a key is missing", "write by {host}"),
        (f"{M}a{{env:}} > 1", 16, "the value of `env:` is missing", "write key:value"),
        (f"{M}a{{x:y z:w}} > 1", 20, "expected `,`, AND or OR between tags", "join tags by a comma"),
        (f"{M}a{{(x:y}} > 1", 20, "expected `)`", "close the bracket"),
        (f"{M}a{{x IN y}} > 1", 21, "expected `(` after IN", "write x IN (a,b)"),
        (f"{M}a{{x:y AND}} > 1", 23, "expected a tag, found the end of the scope", "write key:value"),
        (f"{M}a{{$host}} > 1", 16, "`$host` is a template variable", "write the tag itself"),
        (f"{M}a{{*}}, b{{*}} > 1", 18, "a monitor watches one query", "end with"),
        ("avg(last_0m):a{*} > 1", 5, "`last_0m` is not a window", "write last_5m"),
        ("avg(last_5s):a{*} > 1", 5, "`last_5s` is not a window", "write last_5m"),
        ("avg(last_2mo):a{*} > 1", 5, "a window of 2mo is not allowed", "between last_1m and last_1mo"),
        ("change(avg(last_5m)):a{*} > 1", 20, "expected `,` between the window", "write `,` here"),
        ('logs("a:b").rolup("count").last("5m") > 1', 13, "unknown step of logs `rolup`", "did you mean `rollup`?"),
        ('logs("a:b").rollup("cout").last("5m") > 1', 13, "unknown rollup method `cout`", "did you mean `count`?"),
        ('logs("a:b").rollup("count") > 1', 29, "the window is missing", 'add .last("5m")'),
        ('logs("a:b AND").last("5m") > 1', 14, "nothing stands after the last AND", "take it out"),
        ('logs("(a:b").last("5m") > 1', 7, "this bracket is never closed", "close it"),
        ("logs(a).last('5m') > 1", 6, "expected the search in quotes", "put it in quotes"),
        ('"check".by("host").last(2).count_by_status()', 45, "says which tags it covers", 'add .over("*")'),
        ('"check".over("*").last(200).count_by_status()', 24, "looks at 1 to 100 results", "write .last(2)"),
        ('"check".over("*").last(2)', 26, "ends with .count_by_status()", "add .count_by_status()"),
        ('error_budget("abc").over("5d") > 1', 26, "measured over 7, 30 or 90 days", 'write .over("30d")'),
        (
            'burn_rate("abc").over("30d").long_window("1h") > 1',
            48,
            "needs .short_window(...)",
            'add .short_window("5m")',
        ),
        ("12 & 34", 4, "expected `&&` or `||` between monitors, found `&`", "write &&"),
        ("12 && ", 7, "expected the id of a monitor, found the end", "write the number of a monitor"),
        ("&&".join("12345678901"), 1, "a composite of 11 monitors is too large", "join at most 10"),
        (f"{M}a{{*}} > 1e999", 21, "`1e999` is too large", "write a number below 1e308"),
        (f"{M}'unclosed", 14, "unexpected `'`", "close the quotation"),
        ("", 1, "cannot begin with nothing", "write avg(last_5m)"),
    ],
    ids=str,
)
def test_a_mistake_is_shown_with_its_place_and_its_mend(text: str, column: int, message: str, fix: str) -> None:
    """Column, what is wrong, what to write."""
    error = error_of(text)

    assert (error.line, error.column) == (1, column)
    assert message in error.message
    assert fix in error.fix


def test_the_caret_stands_under_the_mistake() -> None:
    """The line of the text, and as many carets as the mistake is long."""
    error = error_of("avg(last_5m):\n  sum:errors{*}.as_cont()\n  > 3")

    assert (error.line, error.column) == (2, 17)
    assert error.excerpt == "  sum:errors{*}.as_cont()\n                ^^^^^^^"


def test_a_long_line_is_cut_around_the_mistake() -> None:
    """A minified query does not fill the screen."""
    error = error_of(f"avg(last_5m):{' + '.join(['sum:errors{*}'] * 30)} + agv:errors{{*}} > 3")

    shown, carets = error.excerpt.split("\n")
    assert len(shown) < 130
    assert shown[carets.index("^") : carets.index("^") + 3] == "agv"


def test_an_error_says_what_could_stand_there() -> None:
    """All of it, for a program to offer."""
    assert error_of("avg(last_5m):avg:a{*}").expected == (">", ">=", "<", "<=", "==", "!=")
    assert "anomalies" in error_of("avg(last_5m):anomoly(avg:a{*}) > 1").expected


@pytest.mark.parametrize(
    ("monitor_type", "text", "fix"),
    [
        ("log alert", "avg(last_5m):a{*} > 1", 'write logs("search")'),
        ("query alert", 'logs("a").last("5m") > 1', "write avg(last_5m)"),
        ("rum alert", 'logs("a").last("5m") > 1', 'write rum("search")'),
        ("service check", "avg(last_5m):a{*} > 1", 'write "check".over("*")'),
        ("composite", "avg(last_5m):a{*} > 1", "write 1234 && 5678"),
        ("slo alert", "12 && 34", 'write error_budget("id")'),
        ("cost alert", 'logs("a").last("5m") > 1', 'write formula("query1")'),
        ("qurey alert", "avg(last_5m):a{*} > 1", "did you mean `query alert`"),
    ],
    ids=str,
)
def test_a_form_that_the_type_does_not_take_is_refused(monitor_type: str, text: str, fix: str) -> None:
    """With an example of one that it takes."""
    assert fix in error_of(text, monitor_type).fix


@pytest.mark.parametrize(
    "text",
    [
        f"{M}{'(' * 5000}",
        f"{M}{'-' * 5000}a{{*}} > 1",
        f"{M}{'abs(' * 5000}",
        f"{M}{'+'.join(['a{*}'] * 5000)} > 1",
        f"{M}a{{{'!' * 5000}x:y}} > 1",
        f"{M}a{{{'(' * 5000}x:y}} > 1",
        f"{M}anomalies(a{{*}}, {'direction=' * 5000}",
        f"{M}top(a{{*}}, {'[' * 5000}",
        f"{'!' * 5000}1",
        f'logs("{"(" * 5000}").last("5m") > 1',
        f'logs("{"NOT " * 5000}a").last("5m") > 1',
    ],
    ids=lambda text: text[:30],
)
def test_hostile_depth_ends_in_an_ordinary_error(text: str) -> None:
    """No input exhausts the stack."""
    error_of(text)


def test_a_query_of_two_hundred_operations_is_still_handled() -> None:
    """Compared, hashed, shown and copied, as any other value."""
    text = f"{M}{' + '.join(['a{*}'] * 200)} > 1"
    query = parse_query(text)

    assert query == parse_query(text)
    assert hash(query) == hash(parse_query(text))
    assert copy.deepcopy(query) == query
    assert repr(query)


def test_an_error_survives_the_way_between_processes() -> None:
    """Workers hand it back as it was."""
    error = error_of(f"{M}anomolies(a{{*}}) > 1")

    twin = copy.copy(error)

    assert (twin.message, twin.column, twin.expected, twin.fix) == (
        error.message,
        error.column,
        error.expected,
        error.fix,
    )


def test_a_graph_takes_one_query_where_one_is_asked_for() -> None:
    """Lists are of legacy widgets only."""
    with pytest.raises(QuerySyntaxError, match="the query ends here"):
        parse_expression("a{*}, b{*}")


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        (f"{M}a{{*}}\u00a0> 1", "write a plain space"),
        (f"{M}anomalies(a{{*}}, \u2018basic\u2019, 2) >= 1", "write a plain quotation mark: '"),
        (f"{M}a{{*}} \u2265 1", "write >="),
        (f"{M}a{{*}} \u2212 b{{*}} > 1", "write a plain minus: -"),
        ("AVG(last_5m):avg:a{*} > 1", "did you mean `avg`?"),
    ],
    ids=["space", "quotes", "comparator", "minus", "case"],
)
def test_signs_that_come_from_a_text_are_named_with_the_plain_one(text: str, fix: str) -> None:
    """Queries are copied from documents, which make spaces, quotation marks and signs beautiful."""
    assert error_of(text).fix == fix
