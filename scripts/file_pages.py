"""Writes docs/reference/files/: a page for each kind of file, made from its JSON Schema, and their list.

What a key means is taken from the docstring of the class that reads it; the examples are files of
`examples/small-project`. `--check` only tells whether the pages are up to date.
"""

import re
import sys
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.file_kinds import KINDS, FileKind  # noqa: E402 - found by the line above
from scripts.generated import keep  # noqa: E402
from scripts.json_schemas import documents, needed_in_the_end  # noqa: E402
from scripts.schema_words import Objects, default_of, slug, value_of  # noqa: E402

FOLDER: Final = ROOT / "docs" / "reference" / "files"
EXAMPLES: Final = "examples/small-project"
_HEADER: Final = ("key", "value", "default", "meaning")
_WIDEST: Final = 140
"""Letters of a value that leave room for its meaning beside it."""
_CONTROL: Final = ("for_each", "as", "when")


def pages() -> Mapping[str, str]:
    """Every page by its file name."""
    schemas = documents()
    return {"README.md": index()} | {f"{kind.name}.md": page(kind, schemas[kind.name]) for kind in KINDS}


def page(kind: FileKind, schema: Mapping[str, Any]) -> str:
    """The page of one kind of file."""
    objects = Objects(schema, kind.names, needed_in_the_end() if kind.is_layered else {})
    parts = [f"# {kind.title}", "\n".join(kind.intro)]
    more = [f"- [{text}]({target})" for text, target in kind.links.items()]
    more.append(f"- [JSON Schema for editors](../schemas/{kind.name}.schema.json)")
    parts.append("\n".join(more))
    parts += ["## Example", *_examples(kind)]
    parts += [f"## {kind.whole}", *_whole(kind, schema, objects)]
    for name, definition in objects.reached():
        parts += _object(name, definition, objects)
    if kind.is_template:
        parts += _repetition(schema)
    return "\n\n".join(part for part in parts if part) + "\n"


def _examples(kind: FileKind) -> Iterator[str]:
    for file in kind.examples:
        text = (ROOT / EXAMPLES / file).read_text(encoding="utf-8").rstrip()
        yield f"`{file}`:\n\n```yaml\n{text}\n```" if len(kind.examples) > 1 else f"```yaml\n{text}\n```"


def _whole(kind: FileKind, schema: Mapping[str, Any], objects: Objects) -> Iterator[str]:
    said = schema.get("description", "")
    if said and said not in kind.intro:
        yield said
    yield _rows(schema, schema.get("required", []), objects)


def _object(name: str, definition: Mapping[str, Any], objects: Objects) -> Iterator[str]:
    yield f"## {objects.title(name)}"
    yield re.sub(r"(?<=\.) (?=[A-Z])", "\n", definition.get("description", ""))
    shared = objects.shared_with(name)
    yield f"The keys of [{objects.title(shared)}](#{slug(objects.title(shared))}), and:" if shared else ""
    without = objects.definition(shared)["properties"] if shared else ()
    yield _rows(definition, objects.required(name), objects, without)


def _rows(
    definition: Mapping[str, Any], required: Collection[str], objects: Objects, without: Collection[str] = ()
) -> str:
    rows: list[tuple[str, str, str, str]] = []
    below: list[str] = []
    for key, held in definition.get("properties", {}).items():
        if key in without or (key in _CONTROL and "for_each" in definition["properties"]):
            continue
        value = value_of(held, objects)
        if len(value) > _WIDEST and "](" not in value:
            below.append(f"`{key}` is one of {value}.")
            value = "a word, below"
        default = "required" if key in required else default_of(held)
        rows.append((f"`{key}`", value, default, held.get("description", "").replace("|", "&#124;")))
    columns = [0, 1, 2, 3] if any(row[2] for row in rows) else [0, 1, 3]
    table = [_HEADER, ("---",) * 4, *rows]
    lines = [f"| {' | '.join(row[column] for column in columns)} |" for row in table]
    return "\n\n".join(("\n".join(lines), *below))


def _repetition(schema: Mapping[str, Any]) -> Iterator[str]:
    first = next(each for each in schema["$defs"].values() if "for_each" in each.get("properties", {}))
    yield "## Repetition and choice"
    yield (
        "A value between `<<` and `>>` is computed for each environment; one that is an expression alone keeps its "
        "type.\nAny entry of a list, in the lists inside of an entry too, may say:"
    )
    lines = ["| key | meaning |", "|---|---|"]
    lines += [f"| `{key}` | {first['properties'][key]['description']} |" for key in _CONTROL]
    yield "\n".join(lines)


def index() -> str:
    """The list of all kinds of files."""
    lines = [
        "# Files",
        "",
        "Every file that a project may hold, and every key that it may say.",
        "`watchkeeper.yaml` stands in every project; the others come as they are wanted.",
        f"The examples are those of [`{EXAMPLES}`](../../../{EXAMPLES}/README.md), a small project that can be run.",
        "Every key that is not known, value out of its range and name that nothing declares is told at once.",
        "Each is told with file, line, column and how to mend it.",
        "",
        "| file | says | more |",
        "|---|---|---|",
    ]
    for kind in KINDS:
        links = ", ".join(f"[{text}]({target})" for text, target in kind.links.items())
        lines.append(f"| [`{kind.title}`]({kind.name}.md) | {kind.says} | {links} |")
    lines += [
        "",
        "## In an editor",
        "",
        "With the [JSON Schema files](../schemas/) an editor completes keys, marks what is wrong and shows meanings.",
        "Name the schema in the first line of a file:",
        "",
        "```yaml",
        "# yaml-language-server: $schema=PATH/docs/reference/schemas/watchkeeper.schema.json",
        "```",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write all pages, or with `--check` exit 1 when one is stale."""
    return keep(FOLDER, pages(), arguments, "the pages of files")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
