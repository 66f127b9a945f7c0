"""Kotlin."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from rules.engine.flags.tree.grammar import Branch, Grammar, Mends, Pair, words

_MENDS: Final = Mends(
    places=MappingProxyType(
        {
            "annotated_lambda": "block",
            "class_parameter.identifier": "name",
            "enum_entry.identifier": "name",
            "function_body": "body",
            "function_value_parameters": "parameters",
            "getter": "value",
            "multi_variable_declaration": "name",
            "property_delegate": "value",
            "value_arguments": "arguments",
            "variable_declaration": "name",
            "when_subject": "subject",
        }
    ),
    ordered=MappingProxyType(
        {"index_expression": ("object", "index"), "navigation_expression": ("object", "name")},
    ),
    valued=words("class_parameter function_value_parameters property_declaration value_argument when_subject"),
    words=MappingProxyType(
        {
            "identifier": MappingProxyType(
                {
                    b"true": "true",
                    b"false": "false",
                    b"null": "null",
                    b"break": "jump",
                    b"continue": "jump",
                    b"and": "and",
                    b"or": "or",
                }
            ),
            "labeled_expression": MappingProxyType({b"break": "jump", b"continue": "jump"}),
        }
    ),
    names=MappingProxyType({"label": "label", "user_type": "type_identifier"}),
    outer=words(
        "annotated_lambda function_body nullable_type primary_constructor property_delegate user_type "
        "variable_declaration"
    ),
    shells=words("delegation_specifier unary_expression value_argument when_subject"),
    trailing=words("annotated_lambda"),
    adopting=words("function_value_parameters"),
    templates=MappingProxyType({"string_content": "identifier"}),
    chains=words("call_expression index_expression navigation_expression"),
    turning="unary_expression",
)

KOTLIN: Final = Grammar(
    catalogue="kotlin",
    shared=True,
    mends=_MENDS,
    branches=MappingProxyType(
        {
            "if_expression": Branch("condition", "@1", "@2"),
            "while_statement": Branch("condition", "@1"),
        }
    ),
    switches=MappingProxyType({"when_expression": "subject"}),
    arms=MappingProxyType({"when_entry": "condition"}),
    steps=words("if_expression"),
    blocks=words("block class_body class_parameters enum_class_body lambda_literal source_file"),
    bodies=words("class_body class_parameters enum_class_body"),
    functions=words(
        "function_declaration anonymous_function anonymous_initializer getter lambda_literal secondary_constructor "
        "setter"
    ),
    getters=words("getter"),
    classes=words("class_declaration companion_object object_declaration object_literal"),
    exits=words("return_expression throw_expression jump"),
    calls=words("call_expression constructor_invocation"),
    members=MappingProxyType(
        {"index_expression": Pair("object", "index"), "navigation_expression": Pair("object", "name")}
    ),
    computed=words("index_expression"),
    own="this",
    implicit=True,
    assigns=MappingProxyType(
        {
            "assignment": Pair("left", "right"),
            "class_parameter": Pair("name", ""),
            "enum_entry": Pair("name", ""),
            "property_declaration": Pair("name", "value"),
            "when_subject": Pair("name", "value"),
        }
    ),
    rebinds=words("assignment"),
    patterns=words("multi_variable_declaration"),
    lists=words("multi_variable_declaration"),
    binders=MappingProxyType({"catch_block": "@0", "for_statement": "name"}),
    parameters=words("function_value_parameters lambda_parameters"),
    defaults=words("parameter"),
    names=words("identifier"),
    type_names=words("type_identifier"),
    imports=words("import"),
    modules=words("qualified_identifier"),
    dropped=words(
        "line_comment block_comment package_header file_annotation label type_alias type_arguments type_constraints "
        "type_parameters function_type use_site_target !! return@ super@ this@"
    ),
    logic=words("binary_expression infix_expression"),
    comparisons=words("binary_expression"),
    negations=words("unary_expression"),
    nots=words("not"),
    passes=words("await collectAsState collectAsStateWithLifecycle distinctUntilChanged first stateIn toBoolean value"),
    fails_unless=words("assert check require"),
    feeds=words(
        "also collect collectLatest combine filter flatMapConcat flatMapLatest let map mapLatest onEach takeIf "
        "takeUnless transform transformLatest"
    ),
    transparent=words("as_expression parenthesized_expression"),
    equals=words("equals"),
    prompt=words("lazy remember run runBlocking with"),
    keys=words("value_argument"),
    hands_on=words("value_argument"),
    strings=words("string_literal multiline_string_literal"),
    operators=MappingProxyType(
        {
            "&&": "and",
            "and": "and",
            "||": "or",
            "or": "or",
            "?:": "else",
            "!": "not",
            "==": "is",
            "===": "is",
            "!=": "is not",
            "!==": "is not",
        }
    ),
    true=words("true"),
    false=words("false"),
    empty=words("null"),
    decorators=words("annotation"),
    idle_marks=words("annotation"),
    modifiers=words("modifiers"),
    decorated=words("class_declaration function_declaration object_declaration property_declaration"),
    bases=words("delegation_specifiers"),
    never_returns=words("error TODO exitProcess"),
)
