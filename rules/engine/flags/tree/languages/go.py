"""Go."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from rules.engine.flags.tree.grammar import Branch, Grammar, Pair, words

GO: Final = Grammar(
    catalogue="go",
    shared=True,
    branches=MappingProxyType(
        {
            "if_statement": Branch("condition", "consequence", "alternative"),
            "for_statement": Branch("condition", "body"),
        }
    ),
    steps=words("if_statement"),
    switches=MappingProxyType({"expression_switch_statement": "value"}),
    arms=MappingProxyType({"expression_case": "value", "default_case": ""}),
    labels=words("expression_list"),
    falls=words("fallthrough_statement"),
    clauses=words("expression_case default_case"),
    blocks=words("block statement_list source_file"),
    functions=words("function_declaration method_declaration func_literal"),
    methods=words("method_declaration"),
    classes=frozenset(),
    exits=words("return_statement continue_statement break_statement goto_statement"),
    calls=words("call_expression"),
    members=MappingProxyType(
        {"selector_expression": Pair("operand", "field"), "index_expression": Pair("operand", "index")}
    ),
    receiver="receiver",
    literals=words("composite_literal"),
    computed=words("index_expression"),
    assigns=MappingProxyType(
        {
            "short_var_declaration": Pair("left", "right"),
            "assignment_statement": Pair("left", "right"),
            "var_spec": Pair("name", "value"),
            "const_spec": Pair("name", "value"),
        }
    ),
    rebinds=words("assignment_statement"),
    tuples=words("expression_list"),
    binders=MappingProxyType({"range_clause": "left"}),
    parameters=words("parameter_list"),
    names=words("identifier field_identifier"),
    type_names=words("type_identifier"),
    imports=words("import_declaration"),
    spelled=words("interpreted_string_literal"),
    dropped=words("comment package_clause type_declaration type_arguments type_parameter_list"),
    logic=words("binary_expression"),
    comparisons=words("binary_expression"),
    negations=words("unary_expression"),
    transparent=words("parenthesized_expression expression_list literal_element"),
    hands_on=words("keyed_element"),
    keys=words("keyed_element"),
    strings=words("interpreted_string_literal raw_string_literal"),
    lone=words("expression_statement go_statement defer_statement"),
    operators=MappingProxyType({"&&": "and", "||": "or", "!": "not", "==": "is", "!=": "is not"}),
    true=words("true"),
    false=words("false"),
    empty=words("nil"),
    never_returns=words("panic os.Exit log.Fatal log.Fatalf log.Fatalln log.Panic log.Panicf"),
)
