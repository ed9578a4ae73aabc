"""The comparison as a picture: docs/images/peers.svg."""

from pathlib import Path

import matplotlib as mpl

TARGET = Path(__file__).parents[2] / "docs" / "images" / "peers.svg"
_OURS, _OTHERS = "#2563eb", "#94a3b8"


def plot(figures: dict[tuple[str, int], dict[str, float]], names: dict[str, str]) -> None:
    """Plot `figures`, which are by queue and latency in milliseconds."""
    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "peers", "font.size": 9}
    from matplotlib import pyplot as plt

    latencies = sorted({latency for _name, latency in figures})
    picture, axes = plt.subplots(1, len(latencies) + 1, figsize=(10, 3), sharey=True)
    labels = list(names.values())
    colours = [_OURS if name.startswith("ours") else _OTHERS for name in names]

    def bars(axis, field: str, latency: int, title: str) -> None:
        values = [figures[name, latency][field] for name in names]
        axis.bar_label(axis.barh(labels, values, color=colours), fmt="%.3g", padding=2)
        axis.set_title(title)
        axis.margins(x=0.15)

    for axis, latency in zip(axes, latencies, strict=False):
        bars(axis, "messages_a_second", latency, f"messages/s at {latency} ms")
    bars(axes[-1], "cpu_ms", latencies[0], f"CPU ms/message at {latencies[0]} ms")
    axes[0].invert_yaxis()
    picture.tight_layout()
    picture.savefig(TARGET, metadata={"Date": None})
