"""Whether a function or method is given what it takes."""

from collections.abc import Iterable

from watchkeeper.errors import did_you_mean
from watchkeeper.query.ast import Argument, Call, Keys, Keyword, Method, Number, Text, Word, plain_number
from watchkeeper.query.function_model import Function, Parameter
from watchkeeper.query.functions import FILL_MODES, FUNCTIONS, METHODS, ROLLUP_AGGREGATORS
from watchkeeper.query.lexer import QuerySyntaxError


def check_call(text: str, call: Call) -> None:
    """The arguments of a function. Raises QuerySyntaxError at the first that does not fit."""
    function = FUNCTIONS[call.name]
    positional: list[Argument] = [each for each in call.arguments if not isinstance(each, Keyword)]
    if function.takes_queries:
        positional = [each for each in positional if isinstance(each, Keys | Word | Text)]
    if not function.fewest <= len(positional) <= len(function.parameters):
        raise _wrong_number(text, call.name, function, len(positional), call)
    for parameter, argument in zip(function.parameters, positional, strict=False):
        _check_argument(text, call.name, parameter, argument)
    known = {parameter.name: parameter for parameter in function.keywords}
    for argument in call.arguments:
        if isinstance(argument, Keyword):
            if argument.name not in known:
                raise _unknown(text, f"argument of {call.name}", argument.name, argument, known)
            _check_argument(text, call.name, known[argument.name], argument.value)


def check_method(text: str, method: Method) -> None:
    """The arguments of a method. Raises QuerySyntaxError at the first that does not fit."""
    parameters = METHODS[method.name]
    if len(method.arguments) > len(parameters):
        takes = "no arguments" if not parameters else f"at most {len(parameters)}"
        raise QuerySyntaxError(
            f"`.{method.name}()` takes {takes}", text, method.arguments[len(parameters)].at, fix="remove the rest",
            end=method.end,
        )  # fmt: skip
    if not method.arguments:
        if parameters:
            fix = "write .rollup(sum, 60)" if method.name == "rollup" else "write .fill(zero)"
            raise QuerySyntaxError(f"`.{method.name}()` needs an argument", text, method.at, fix=fix, end=method.end)
        return
    first = method.arguments[0]
    if isinstance(first, Word | Text) and not first.text.startswith("$"):
        known = FILL_MODES if method.name == "fill" else ROLLUP_AGGREGATORS
        word = first.text.lower()
        is_percentile = word[:1] == "p" and word[1:].replace(".", "", 1).isdigit()
        if word not in known and not is_percentile and not _is_number(word):
            what = "fill mode" if method.name == "fill" else "rollup aggregator"
            raise _unknown(text, what, first.text, first, known)


def _check_argument(text: str, owner: str, parameter: Parameter, argument: Argument) -> None:
    word = _word(argument)
    if word is not None and word.startswith("$"):
        return
    if parameter.kind == "keys":
        fits = isinstance(argument, Keys)
    elif parameter.kind == "number":
        fits = not isinstance(argument, Keys | Keyword) and (word is None or _is_number(word))
    else:
        fits = word is not None
    if not fits:
        wanted = {"keys": "keys in braces", "number": "a number", "text": "a word in quotes", "query": "a query"}
        message = f"{owner}() takes {wanted[parameter.kind]} as its `{parameter.name}`"
        raise QuerySyntaxError(message, text, argument.at, (parameter.kind,), _example(parameter), end=argument.end)
    if parameter.choices and word is not None and word.lower() not in parameter.choices:
        raise _unknown(text, f"{parameter.name} of {owner}", word, argument, parameter.choices)


def _word(argument: Argument) -> str | None:
    if isinstance(argument, Word | Text):
        return argument.text
    return plain_number(argument.value) if isinstance(argument, Number) else None


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _example(parameter: Parameter) -> str:
    if parameter.choices:
        return f"use one of {', '.join(parameter.choices)}"
    return "write {key}" if parameter.kind == "keys" else ""


def _wrong_number(text: str, name: str, function: Function, given: int, call: Call) -> QuerySyntaxError:
    most = len(function.parameters)
    takes = str(most) if function.fewest == most else f"{function.fewest} to {most}"
    noun = "argument" if takes == "1" else "arguments"
    message = f"`{name}` takes {takes} {noun} after the query, not {given}"
    return QuerySyntaxError(message, text, call.at, fix=f"write {function.signature}", end=call.at + len(name))


def _unknown(text: str, what: str, word: str, argument: Argument, known: Iterable[str]) -> QuerySyntaxError:
    names = tuple(known)
    near = did_you_mean(word.lower(), names) if len(word) < 80 else ""  # noqa: PLR2004 - longer ones are no slips
    fix = near or f"use one of {', '.join(names)}"
    return QuerySyntaxError(f"unknown {what} `{word}`", text, argument.at, names, fix, end=argument.end)
