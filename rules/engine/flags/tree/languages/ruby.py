"""Ruby."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from rules.engine.flags.tree.grammar import Branch, Grammar, Pair, words

RUBY: Final = Grammar(
    catalogue="ruby",
    shared=True,
    branches=MappingProxyType(
        {
            "if": Branch("condition", "consequence", "alternative"),
            "elsif": Branch("condition", "consequence", "alternative"),
            "conditional": Branch("condition", "consequence", "alternative"),
            "if_modifier": Branch("condition", "body"),
            "while": Branch("condition", "body"),
            "unless": Branch("condition", "consequence", "alternative", negated=True),
            "unless_modifier": Branch("condition", "body", negated=True),
        }
    ),
    switches=MappingProxyType({"case": "value", "case_match": "value"}),
    arms=MappingProxyType({"when": "pattern", "in_clause": "pattern", "else": ""}),
    labels=words("pattern alternative_pattern"),
    filters=words("if_guard"),
    catches=words("identifier"),
    steps=words("if elsif if_modifier unless unless_modifier"),
    blocks=words("program body_statement block_body then else do begin ensure"),
    always=words("ensure"),
    functions=words("method singleton_method lambda do_block block"),
    classes=words("class module"),
    exits=words("return next break redo retry"),
    calls=words("call"),
    members=MappingProxyType(
        {
            "call": Pair("receiver", "method"),
            "scope_resolution": Pair("scope", "name"),
            "element_reference": Pair("object", "@1"),
        }
    ),
    own="self",
    implicit=True,
    implicit_calls=True,
    last_returns=True,
    fields=words("instance_variable class_variable"),
    assigns=MappingProxyType({"assignment": Pair("left", "right"), "operator_assignment": Pair("left", "right")}),
    patterns=words("left_assignment_list"),
    binders=MappingProxyType({"exception_variable": "@0", "for": "pattern"}),
    parameters=words("method_parameters block_parameters lambda_parameters"),
    defaults=words("optional_parameter keyword_parameter"),
    names=words("identifier constant"),
    dropped=words("comment"),
    logic=words("binary"),
    comparisons=words("binary"),
    negations=words("unary"),
    transparent=words("parenthesized_statements"),
    keys=words("pair"),
    hands_on=words("pair"),
    strings=words("string simple_symbol"),
    operators=MappingProxyType(
        {"&&": "and", "and": "and", "||": "or", "or": "or", "!": "not", "not": "not", "==": "is", "!=": "is not"}
    ),
    true=words("true"),
    false=words("false"),
    empty=words("nil"),
    bases=words("superclass"),
    idle=frozenset((b"require", b"require_relative", b"private", b"protected", b"public", b"module_function")),
    loads=frozenset((b"require",)),
    never_returns=words("raise fail abort exit"),
)
