"""What makes a file risky: the words of its path, and the imports that are used where it is changed."""

from __future__ import annotations

import pytest

from rules.engine.flags.risk import SIGNS, RiskClass
from tests.rules.given_flags import judge

LINE = " old()\nX{}()\n"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        pytest.param("src/api/cart.py", "public-api", id="a directory"),
        pytest.param("src/admin-api/cart.py", "public-api", id="the last word of a directory"),
        pytest.param("src/cart_controller.rb", "public-api", id="the last word of a file"),
        pytest.param("src/CartController.java", "public-api", id="the last word in camel case"),
        pytest.param("src/cart.controller.ts", "public-api", id="the last word before the suffix"),
        pytest.param("src/api_helper.py", None, id="a word that only says what it helps"),
        pytest.param("src/apitokens/store.ts", None, id="a part of a word"),
        pytest.param("frontend/src/routes.ts", None, id="a page of the frontend"),
        pytest.param("src/hooks/api/useCart.ts", None, id="a hook that calls an interface"),
        pytest.param("src/cart_repository.py", "data-write", id="a repository"),
        pytest.param("src/repository_name.py", None, id="the name of a repository"),
        pytest.param("src/queue/worker.py", "queue-contract", id="a queue"),
        pytest.param("src/queue_length.py", None, id="what is said of a queue"),
        pytest.param("src/kafka_length.py", "queue-contract", id="a matter by its own word"),
        pytest.param("src/notifications/show.py", "external-side-effect", id="notifications"),
        pytest.param("src/notification_colour.py", None, id="the colour of one"),
        pytest.param("src/email_colour.py", "external-side-effect", id="mail"),
        pytest.param("src/components/LoginForm.tsx", "auth", id="a matter in the frontend"),
        pytest.param("src/app.py", None, id="an application"),
        pytest.param("-/.py", None, id="no words at all"),
    ],
)
def test_a_matter_counts_anywhere_in_a_path_and_a_role_only_as_a_last_word(path: str, kind: str | None) -> None:
    result = judge({path: LINE.format("do")})

    assert result.facts["risky_files"] == ({path: kind} if kind else {})


@pytest.mark.parametrize(
    ("path", "marked", "kind"),
    [
        pytest.param(
            "a.py",
            " from threading import Lock\n def pay():\n     with Lock():\nX        twice()\n",
            "concurrency",
            id="the function uses it",
        ),
        pytest.param(
            "a.py",
            " from threading import Lock\n def pay():\nX    twice()\n     old()\n def other():\n     Lock()\n",
            None,
            id="another function uses it",
        ),
        pytest.param(
            "a.py",
            " import threading\n def pay():\n     def inner():\nX        twice()\n     threading.Thread(inner)\n",
            "concurrency",
            id="the function around uses it",
        ),
        pytest.param(
            "a.py",
            " from rest_framework.views import APIView\n class Cart(APIView):\n     def get(self):\nX        twice()\n",
            "public-api",
            id="the class is made of it",
        ),
        pytest.param(
            "a.py",
            " from rest_framework import APIView\n class Cart:\n     a = APIView\n     def get(self):\nX        go()\n",
            None,
            id="the body of the class uses it",
        ),
        pytest.param(
            "a.py",
            " from celery import shared_task\n @shared_task\n def pay():\nX    twice()\n     old()\n",
            "queue-contract",
            id="a decorator",
        ),
        pytest.param("a.py", " import os, threading\nXthreading.Lock()\n", "concurrency", id="the second of two"),
        pytest.param("a.py", " import concurrent.futures\nXconcurrent.run()\n", "concurrency", id="a dotted module"),
        pytest.param("a.py", " import os, threading\nXos.run()\n", "concurrency", id="one of two that stand together"),
        pytest.param("a.py", " import os, threading\nXdo()\n", None, id="neither of two"),
        pytest.param("a.py", " import concurrent.futures\nXdo()\n", None, id="a dotted module that is not used"),
        pytest.param("a.py", " import threading as t\nXt.Lock()\n", "concurrency", id="another name"),
        pytest.param("a.py", " import threading as t\nXthreaded()\n", None, id="a longer name"),
        pytest.param(
            "a.py",
            " from threading import Lock\n from threading import Thread\nXThread()\n",
            "concurrency",
            id="one of two imports",
        ),
        pytest.param("a.py", "Xtwice()\n from threading import Lock\n Lock()\n", None, id="the first line of the file"),
        pytest.param("a.py", "Ximport threading\nXthreading.run()\n", "concurrency", id="a new import"),
        pytest.param(
            "a.ts",
            ' import Stripe from "stripe";\n export const pay = () => {\n   const s = Stripe();\nX  twice();\n };\n',
            "payments",
            id="an arrow in TypeScript",
        ),
        pytest.param(
            "a.ts",
            ' import Stripe from "stripe";\n export const pay = () => {\nX  twice();\n };\n',
            None,
            id="not in this arrow",
        ),
        pytest.param("a.ts", ' import "stripe";\nXtwice();\n', "payments", id="an import that brings no name"),
    ],
)
def test_an_import_counts_where_the_function_with_an_added_line_uses_it(
    path: str, marked: str, kind: str | None
) -> None:
    result = judge({path: marked})

    assert result.facts["risky_files"] == ({path: kind} if kind else {})


def test_what_an_import_brings_is_looked_for_through_many_blocks_but_not_without_end() -> None:
    inner = "".join(f" {'  ' * depth}if a:\n" for depth in range(1, 80))
    marked = f" from threading import Lock\n def pay():\n   Lock()\n{inner}X{'  ' * 80}twice()\n"

    assert judge({"a.py": marked}).facts["risky_files"] == {}


def test_every_class_has_its_signs() -> None:
    assert set(SIGNS) == set(RiskClass)
    assert all(signs.words or signs.roles for signs in SIGNS.values())
