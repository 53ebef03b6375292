"""jupyter_kernel_test with every optional sample, the pager's aside: nothing in TypeScript asks for a pager."""

import os

import jupyter_kernel_test
import pytest
from dialects import dialect_of

name = os.environ["KERNEL_UNDER_TEST"]
say = dialect_of(name)
# Its welcome test waits without end for what a kernel never sends.
pytestmark = pytest.mark.timeout(30)

typescript = say.language == "typescript"


class TestKernel(jupyter_kernel_test.KernelTests):
    kernel_name = name
    language_name = say.language
    file_extension = say.extension
    code_hello_world = say.hello
    code_stderr = say.stderr
    code_generate_error = say.error
    code_clear_output = say.clear
    code_inspect_sample = "Math.sqrt" if typescript else "print"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "1 + 2 + 3", "result": "6"},
        *(
            [
                {"code": "'a' + 'b'", "result": "'ab'"},
                {"code": "[1, 2, 3].map((x) => 2 * x)", "result": "[ 2, 4, 6 ]"},
                {"code": "await Promise.resolve(7)", "result": "7"},
            ]
            if typescript
            else []
        ),
    ]
    code_display_data = [{"code": say.display, "mime": "text/html"}]
    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")
    completion_samples = (
        [{"text": "Math.hyp", "matches": ["hypot"]}, {"text": "consol"}, {"text": "const z: nu"}]
        if typescript
        else [{"text": "zi", "matches": ["zip"]}]
    )
    complete_code_samples = (
        [
            "1",
            "console.log('hi')",
            "function f(x: number) { return 2 * x; }",
            "const a: number[] = [1, 2];",
            "for (const x of [1]) {\n}",
        ]
        if typescript
        else ["1", "print('hi')"]
    )
    incomplete_code_samples = (
        [
            "function f() {",
            "const o = { a: 1,",
            "foo(1,",
            "`abc",
            "/* a comment",
            "class A {\n  b() {",
            "[1, 2].map((x) =>",
        ]
        if typescript
        else ["def f(", "print('''hi"]
    )
    invalid_code_samples = (
        ["const 1x = 3;", "function 1f() {}", "let x = ;", "}", "if (1) ) {"] if typescript else ["import = 7q"]
    )

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.km.cleanup_resources()


class TestWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = name
    support_iopub_welcome = True

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.km.cleanup_resources()
