import numpy as np
import onnxruntime
import pytest

from speech_emotion.onnx_model.graph import Graph


def formula() -> Graph:
    """(x - mean of x) * 2, with a constant that is used twice."""
    g = Graph("formula/")
    x = g.input("x", "float32", ["n"])
    centered = g.Sub(x, g.ReduceMean(x, keepdims=1))
    g.Mul(g.Mul(g.Mul(centered, 2.0), 2.0), np.float32(0.5), output="y")
    g.output("y", "float32", ["n"])
    return g


def test_a_formula_is_a_graph():
    session = onnxruntime.InferenceSession(formula().model().SerializeToString())
    (y,) = session.run(["y"], {"x": np.array([1, 2, 6], np.float32)})
    np.testing.assert_allclose(y, [-4, -2, 6])


def test_equal_constants_are_kept_once_and_names_have_the_prefix():
    model = formula().model()
    assert len(model.graph.initializer) == 2
    assert all(node.name.startswith("formula/") for node in model.graph.node)


def test_a_wrong_operator_is_an_error():
    g = formula()
    g.NoSuchOperator("x")
    with pytest.raises(Exception, match="NoSuchOperator"):
        g.model()
