"""Which pages may use the camera: the cases of the W3C's Secure Contexts, section 3.1."""

import pytest

from convlens.server.secure import is_secure


@pytest.mark.parametrize(
    "address",
    [
        "https://lens.example.edu/kernels?stride_1=2",
        "https://192.168.1.7:8501/",
        "http://localhost:8501/",
        "http://lens.localhost/",
        "http://127.0.0.1:8501/map",
        "http://127.3.2.1/",
        "http://[::1]:8501/",
        None,  # no browser: there is nothing to warn of
    ],
)
def test_secure(address):
    assert is_secure(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://192.168.1.7:8501/",
        "http://[fe80::1]/",
        "http://lens.example.edu/",
        "http://localhost.example.edu/",
        "http://127.0.0.1.example.edu/",
        "http://[::1",
        "",
    ],
)
def test_not_secure(address):
    assert not is_secure(address)
