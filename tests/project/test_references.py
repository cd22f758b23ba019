"""References of templates to declared objects."""

import pytest

from watchkeeper.project.identity import Identity, Ref, RefText
from watchkeeper.project.jinja_engine import Scope, TemplateEngine, TemplateError
from watchkeeper.project.references import KINDS, candidates, link, references_in

API = Identity("shop", "prod", "api", "edge-5xx")
PIPE = Identity("shop", "prod", "", "pipe-silent")


def test_a_call_in_a_template_leaves_a_placeholder() -> None:
    """Alone, or inside of a text."""
    with TemplateEngine(references=KINDS) as engine:
        text = "<< monitor('api/edge-5xx') >> && !<< monitor(\"pipe-silent\") >>"

        assert engine.render(text, Scope({})) == "${monitor:api/edge-5xx} && !${monitor:pipe-silent}"
        assert engine.render("<< slo('api/availability') >>", Scope({})) == "${slo:api/availability}"


@pytest.mark.parametrize("name", ["'Edge 5xx'", "'a/b/c'", "12", "''"])
def test_what_cannot_be_an_id_is_refused_where_it_stands(name: str) -> None:
    """The message says how to write one."""
    with TemplateEngine(references=KINDS) as engine, pytest.raises(TemplateError) as caught:
        engine.render(f"<< monitor({name}) >>", Scope({}))

    assert "'id' or 'service/id'" in caught.value.what


def test_templates_that_cannot_hold_references_do_not_know_the_word() -> None:
    """A dashboard would show the placeholder as it stands."""
    with TemplateEngine() as engine, pytest.raises(TemplateError) as caught:
        engine.render("<< monitor('edge-5xx') >>", Scope({}))

    assert caught.value.what == "'monitor' is undefined"


def test_an_id_alone_means_the_same_service_before_the_environment() -> None:
    """`service/id` means exactly that one."""
    alone, full = references_in("${monitor:pipe-silent} ${monitor:web/edge-5xx}")

    assert candidates(alone, API) == (Identity("shop", "prod", "api", "pipe-silent"), PIPE)
    assert candidates(full, API) == (Identity("shop", "prod", "web", "edge-5xx"),)


def test_what_is_synced_has_references_in_place_of_placeholders() -> None:
    """At any depth; a text that is nothing but a placeholder becomes the reference."""
    body = {"query": "${monitor:api/edge-5xx} && 7", "ids": ["${monitor:pipe-silent}"], "name": "$${x}", "n": 1}

    assert link(body, "shop", "prod") == {
        "query": RefText((Ref("monitor", API), " && 7")),
        "ids": [Ref("monitor", PIPE)],
        "name": "$${x}",
        "n": 1,
    }
