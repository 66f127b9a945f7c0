"""What each language calls its parts: the only place that knows one language from another."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

import tree_sitter_go
import tree_sitter_java
import tree_sitter_javascript
import tree_sitter_kotlin
import tree_sitter_python
import tree_sitter_ruby
import tree_sitter_typescript

_NEVER: Final = re.compile(rb"(?!)")


class Visibility(Enum):
    """How a language says that a definition is for others."""

    NO_UNDERSCORE = "its name does not start with an underscore"
    CAPITAL = "its name starts with a capital letter"
    EXPORTED = "it stands in an export"
    NOT_PRIVATE = "it is not declared private"


@dataclass(frozen=True, slots=True)
class Table:
    """One language: node types of its grammar, and patterns over the source at such nodes.

    `calls` are matched from the start of the call to its arguments, `functions` from their start to the end of their
    name, `marks` (annotations, decorators) and `statements` as a whole, and `…_line` over the first line of a call.
    `cannot_fail` is matched at the start of an assertion.
    """

    grammar: Callable[[], object]
    visibility: Visibility
    functions: frozenset[str]
    types: frozenset[str]
    calls: frozenset[str]
    branches: frozenset[str]
    inert: frozenset[str]
    constants: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    statements: frozenset[str] = frozenset()
    arguments: frozenset[str] = frozenset()
    statement: re.Pattern[bytes] = re.compile(rb"assert\b")
    test_function: re.Pattern[bytes] = _NEVER
    test_call: re.Pattern[bytes] = _NEVER
    assertion: re.Pattern[bytes] = _NEVER
    cannot_fail: re.Pattern[bytes] = _NEVER
    skip_call: re.Pattern[bytes] = _NEVER
    skip_mark: re.Pattern[bytes] = _NEVER
    skip_line: re.Pattern[bytes] = _NEVER
    focus_call: re.Pattern[bytes] = _NEVER
    focus_line: re.Pattern[bytes] = _NEVER
    case_call: re.Pattern[bytes] = _NEVER
    case_mark: re.Pattern[bytes] = _NEVER


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _of(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode(), re.DOTALL)


_HELPER: Final = r"(?:\w+\s*[.:]+\s*)*_*(?:(?:assert|verify|expect|ensure)\w*|check(?:_\w+|[A-Z]\w*)?)$"
_LITERAL: Final = r"(?:True|true|1|\"[^\"\n]+\"|'[^'\n]+')"
_NAME: Final = r"([\w.]+|\"[^\"\n]*\"|'[^'\n]*')"

PYTHON: Final = Table(
    grammar=tree_sitter_python.language,
    visibility=Visibility.NO_UNDERSCORE,
    functions=_words("function_definition"),
    types=_words("class_definition"),
    calls=_words("call"),
    branches=_words(
        "if_statement elif_clause else_clause for_statement while_statement except_clause case_clause "
        "conditional_expression if_clause"
    ),
    inert=_words("comment import_statement import_from_statement future_import_statement pass_statement"),
    marks=_words("decorator attribute"),
    statements=_words("assert_statement"),
    test_function=_of(r"(async\s+)?def\s+test"),
    assertion=_of(rf"assert\b|(?:\w+\.)*(?:assert\w*|fail)$|pytest\.(?:raises|warns|fail)$|{_HELPER}"),
    cannot_fail=_of(
        rf"assert\s+(?:{_LITERAL}|not\s+(?:False|None|0))\s*(?:,|#|;|\n|$)"
        rf"|assert\s+{_NAME}\s*(?:==|is)\s*\1\s*(?:,|#|\n|$)|assert[^\n]*\bor\s+(?:True|1)\s*(?:,|#|\n|$)"
        rf"|[\w.]*assertTrue\(\s*{_LITERAL}\s*[,)]|[\w.]*assertFalse\(\s*(?:False|None|0)\s*[,)]"
        rf"|[\w.]*assert(?:Equals?|Is)\(\s*{_NAME}\s*,\s*\2\s*[,)]|pytest\.warns\(\s*None\s*\)"
    ),
    skip_call=_of(
        r"(?:pytest\.(?:skip|xfail)|self\.skipTest)$|raise\s+(?:unittest\.)?SkipTest|(?:unittest\.)?SkipTest$"
    ),
    skip_mark=_of(
        r"@?(?:pytest\.)?mark\.(?:skip|xfail)$|@(?:pytest\.)?mark\.(?:skip|xfail)\b(?!if)"
        r"|@(?:pytest\.)?mark\.skipif\(\s*(?:True|1)\b|@(?:unittest\.)?(?:skip|expectedFailure)\b"
    ),
    case_mark=_of(r"@[\w.]*parametrize\b|@parameterized\b|@given\b|@(?:ddt|data)\b"),
)

_JS_CALLS: Final = r"(?:it|test|specify|describe|context|suite)"
_JAVASCRIPT: Final = {
    "visibility": Visibility.EXPORTED,
    "functions": _words(
        "function_declaration generator_function_declaration method_definition abstract_method_signature"
    ),
    "types": _words("class_declaration abstract_class_declaration enum_declaration"),
    "constants": _words("variable_declarator export_specifier"),
    "calls": _words("call_expression"),
    "branches": _words(
        "if_statement else_clause for_statement for_in_statement while_statement do_statement switch_case "
        "switch_default catch_clause ternary_expression"
    ),
    "inert": _words(
        "comment import_statement interface_declaration type_alias_declaration ambient_declaration html_comment"
    ),
    "marks": _words("decorator"),
    "test_call": _of(r"(?:it|test|specify)(?:\.\w+)*$"),
    "assertion": _of(
        rf"expect$|assert(?:\.\w+)*$|t\.(?:is|not|true|false|deepEqual|throws\w*|truthy|falsy|fail)$|{_HELPER}"
    ),
    "cannot_fail": _of(
        rf"expect\([^()\n]*\)\s*(?:;|\n|$)|expect\(\s*{_NAME}\s*\)\.(?:to\w+|to\.\w+|to\.be\.\w+|to\.deep\.\w+)\(\s*\1\s*\)"
        r"|expect\(\s*(?:true|1|\"[^\"\n]+\"|'[^'\n]+')\s*\)\.(?:toBeTruthy|toBeDefined|to\.be\.(?:true|ok))\b"
        r"|expect\(\s*false\s*\)\.(?:toBeFalsy|to\.be\.false)\b|assert(?:\.ok|\.isTrue)?\(\s*(?:true|1)\s*[,)]"
        rf"|assert\.(?:equal|strictEqual|deepEqual|deepStrictEqual)\(\s*{_NAME}\s*,\s*\2\s*[,)]"
    ),
    "skip_call": _of(
        rf"x(?:it|test|describe|context|specify)(?:\.\w+)*$|{_JS_CALLS}\.(?:\w+\.)*(?:skip|fixme|fails|failing)(?:\.each.*)?$"
        r"|(?:this|ctx|t)\.skip$"
    ),
    "focus_call": _of(rf"f(?:it|describe|context)(?:\.\w+)*$|{_JS_CALLS}\.(?:\w+\.)*only(?:\.each.*)?$"),
    "case_call": _of(rf"{_JS_CALLS}\.(?:\w+\.)*each"),
}
JAVASCRIPT: Final = Table(grammar=tree_sitter_javascript.language, **_JAVASCRIPT)  # type: ignore[arg-type]
TYPESCRIPT: Final = Table(grammar=tree_sitter_typescript.language_typescript, **_JAVASCRIPT)  # type: ignore[arg-type]
TSX: Final = Table(grammar=tree_sitter_typescript.language_tsx, **_JAVASCRIPT)  # type: ignore[arg-type]

GO: Final = Table(
    grammar=tree_sitter_go.language,
    visibility=Visibility.CAPITAL,
    functions=_words("function_declaration method_declaration"),
    types=_words("type_spec type_alias"),
    calls=_words("call_expression"),
    branches=_words("if_statement for_statement expression_case default_case type_case communication_case"),
    inert=_words("comment import_declaration package_clause"),
    test_function=_of(r"func\s+(?:\([^)]*\)\s*)?(?:Test|Fuzz|Example|Benchmark)"),
    assertion=_of(
        r"(?:\w+\.)?(?:t|b|f|tb|T\(\))\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)$|(?:assert|require|qt|is)\.\w+$"
        rf"|(?:s|suite)\.(?:Equal|NoError|Error|True|False|Nil|NotNil|Contains|Require|Assert)\w*$|\w*\.?Expect$|{_HELPER}"
    ),
    cannot_fail=_of(
        r"(?:assert|require)\.Truef?\(\s*\w+\s*,\s*true\s*[,)]|(?:assert|require)\.Falsef?\(\s*\w+\s*,\s*false\s*[,)]"
        rf"|(?:assert|require)\.(?:Equal|Same|EqualValues)f?\(\s*\w+\s*,\s*{_NAME}\s*,\s*\1\s*[,)]"
        r"|(?:assert|require)\.(?:Nil|NoError)f?\(\s*\w+\s*,\s*nil\s*[,)]"
    ),
    skip_call=_of(r"(?:t|b|f|tb|s\.T\(\))\.(?:Skip|Skipf|SkipNow)$"),
    case_call=_of(r"(?:t|b|s)\.Run$"),
)

JAVA: Final = Table(
    grammar=tree_sitter_java.language,
    visibility=Visibility.NOT_PRIVATE,
    functions=_words("method_declaration constructor_declaration annotation_type_element_declaration"),
    types=_words("class_declaration interface_declaration enum_declaration record_declaration"),
    calls=_words("method_invocation"),
    branches=_words(
        "if_statement for_statement enhanced_for_statement while_statement do_statement catch_clause "
        "switch_block_statement_group switch_rule ternary_expression"
    ),
    inert=_words("line_comment block_comment import_declaration package_declaration"),
    marks=_words("annotation marker_annotation"),
    statements=_words("assert_statement"),
    test_function=_of(
        r".*@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)\b"
        r"|(?:@\w+(?:\([^)]*\))?\s+)*public\s+void\s+test\w*$"
    ),
    assertion=_of(rf"assert\b|(?:\w+\.)*(?:assert\w*|fail|verify\w*|expect\w*)$|{_HELPER}"),
    cannot_fail=_of(
        r"(?:\w+\.)*assertTrue\(\s*true\s*[,)]|(?:\w+\.)*assertFalse\(\s*false\s*[,)]|assert\s+true\b"
        rf"|(?:\w+\.)*assert(?:Equals|Same)\(\s*{_NAME}\s*,\s*\1\s*[,)]|(?:\w+\.)*assertNull\(\s*null\s*[,)]"
        rf"|(?:\w+\.)*assertThat\([^()\n]*\)\s*;|(?:\w+\.)*assertThat\(\s*{_NAME}\s*\)\.is(?:EqualTo|SameAs)\(\s*\2\s*\)"
        r"|(?:\w+\.)*assertThat\(\s*true\s*\)\.isTrue\(|(?:\w+\.)*assertNotNull\(\s*\"[^\"\n]*\"\s*\)"
    ),
    skip_mark=_of(r"@(?:[\w.]+\.)?(?:Disabled|Ignore)\b"),
    skip_line=_of(r"(?:\w+\.)*assumeTrue\(\s*false|(?:\w+\.)*assumeFalse\(\s*true"),
    case_mark=_of(r"@(?:ParameterizedTest|RepeatedTest|ValueSource|CsvSource|MethodSource|EnumSource|TestFactory)\b"),
)

_KT_NAME: Final = r"(?:\w+\(\s*)?\""  # the name of a Kotest test: `test("…")`, or in a StringSpec `"…"` alone
KOTLIN: Final = Table(
    grammar=tree_sitter_kotlin.language,
    visibility=Visibility.NOT_PRIVATE,
    functions=_words("function_declaration"),
    types=_words("class_declaration object_declaration"),
    calls=_words("call_expression"),
    arguments=_words("value_arguments annotated_lambda"),
    branches=_words("if_expression when_entry for_statement while_statement do_while_statement catch_block"),
    inert=_words("line_comment block_comment import package_header file_annotation"),
    marks=_words("annotation"),
    statements=_words("infix_expression binary_expression"),
    # The grammar reads `assertThrows<Bad> { … }` as two comparisons.
    statement=_of(r".{0,400}?\sshould[A-Z]\w*\s|(?:assertThrows|assertFailsWith|shouldThrow\w*)\s*<"),
    test_function=_of(r".*@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|TestTemplate|Property)\b"),
    test_call=_of(r"(?:(?:test|it|should|[tT]hen|scenario)\(\s*)?\"[^\"\n]*\"\s*\)?(?:\.config\([^\n]*\))?$"),
    assertion=_of(
        r"(?:\w+\.)*(?:assert\w*|fail|verify\w*|coVerify\w*|expect\w*|shouldThrow\w*)(?:<[^>{]*>)?$"
        rf"|.{{0,400}}\.should[A-Z]\w*(?:<[^>{{]*>)?$|{_HELPER}"
    ),
    cannot_fail=_of(
        r"(?:\w+\.)*assertTrue\(\s*true\s*[,)]|(?:\w+\.)*assertFalse\(\s*false\s*[,)]"
        rf"|(?:\w+\.)*assert(?:Equals|Same)\(\s*{_NAME}\s*,\s*\1\s*[,)]|(?:\w+\.)*assertNull\(\s*null\s*[,)]"
        rf"|{_NAME}\s+should(?:Be|Equal)\s+\2\s*(?:\n|;|\}}|$)|true\.shouldBeTrue\(|false\.shouldBeFalse\("
        rf"|(?:\w+\.)*assertThat\(\s*{_NAME}\s*\)\.is(?:EqualTo|SameAs)\(\s*\3\s*\)"
    ),
    skip_call=_of(rf"x(?:test|it|describe|context|given|should|scenario|feature)\(\s*\"|{_KT_NAME}!"),
    skip_mark=_of(r"@(?:[\w.]+\.)?(?:Disabled|Ignored?)\b"),
    skip_line=_of(
        rf"{_KT_NAME}[^\"\n]*\"\s*\)?\.config\([^)\n]*\benabled\s*=\s*false"
        r"|(?:\w+\.)*assumeTrue\(\s*false|(?:\w+\.)*assumeFalse\(\s*true"
    ),
    focus_call=_of(rf"f(?:test|it|describe|context|should)\(\s*\"|{_KT_NAME}f:"),
    case_call=_of(r"withData$"),
    case_mark=_of(r"@(?:ParameterizedTest|RepeatedTest|ValueSource|CsvSource|MethodSource|EnumSource|TestFactory)\b"),
)

_RB_CALLS: Final = r"(?:RSpec\.)?(?:it|specify|example|scenario|describe|context|feature)"
RUBY: Final = Table(
    grammar=tree_sitter_ruby.language,
    visibility=Visibility.NO_UNDERSCORE,
    functions=_words("method singleton_method"),
    types=_words("class module"),
    calls=_words("call identifier"),
    branches=_words(
        "if elsif else unless if_modifier unless_modifier while until for when rescue rescue_modifier conditional "
        "in_clause"
    ),
    inert=_words("comment"),
    test_function=_of(r"def\s+test_"),
    test_call=_of(r"(?:it|specify|example|scenario|test)$"),
    assertion=_of(
        rf"(?:assert\w*|refute\w*|flunk|expect|is_expected|(?:\w+\.)*(?:must|wont)_\w+|.*\.should(?:_not)?)$|{_HELPER}"
    ),
    cannot_fail=_of(
        rf"expect\(\s*{_NAME}\s*\)\.to[\s(]+(?:eq|eql|be|equal|match)[\s(]+\1[\s)]|expect\([^()\n]*\)\s*(?:\n|$)"
        r"|expect\(\s*true\s*\)\.to[\s(]+(?:be_truthy|be\s+true|eq\s+true)|assert[\s(]+(?:true|1)\s*(?:[),]|\n|$)"
        rf"|assert_(?:equal|same)[\s(]+{_NAME}\s*,\s*\2\s*(?:[),]|\n|$)|refute[\s(]+(?:false|nil)\s*(?:[),]|\n|$)"
    ),
    skip_call=_of(r"(?:RSpec\.)?(?:skip|pending|x(?:it|specify|example|scenario|describe|context|feature))$"),
    skip_line=_of(rf"{_RB_CALLS}\b[^\n]*,\s*(?:(?::skip|:pending)\b|(?:skip|pending):\s*(?:true|[\"']))"),
    focus_call=_of(r"(?:RSpec\.)?f(?:it|specify|example|scenario|describe|context|feature)$"),
    focus_line=_of(rf"{_RB_CALLS}\b[^\n]*,\s*(?::focus\b|focus:\s*true)"),
)

BY_SUFFIX: Final = {
    **dict.fromkeys(("py", "pyi"), PYTHON),
    **dict.fromkeys(("js", "jsx", "mjs", "cjs"), JAVASCRIPT),
    **dict.fromkeys(("ts", "mts", "cts"), TYPESCRIPT),
    "tsx": TSX,
    "go": GO,
    "java": JAVA,
    **dict.fromkeys(("kt", "kts"), KOTLIN),
    **dict.fromkeys(("rb", "rake"), RUBY),
}
