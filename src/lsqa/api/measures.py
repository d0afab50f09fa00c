"""What Prometheus reads at /metrics."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from lsqa.answers import Answer

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Measures:
    """The measures of one server. Labels take few values: no question, no address, no path that was made up."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        r = self.registry
        self._requests = Counter("lsqa_requests", "Requests.", ("route", "method", "status"), registry=r)
        self._seconds = Histogram(
            "lsqa_request_seconds", "Seconds until the last byte.", ("route",), registry=r, buckets=_SECONDS
        )
        self._answers = Counter("lsqa_answers", "Answers.", ("status", "mode"), registry=r)
        self._stages = Histogram(
            "lsqa_stage_seconds", "Seconds of the stages of an answer.", ("stage",), registry=r, buckets=_SECONDS
        )
        self.taken = Gauge("lsqa_work_taken", "Pieces of work that are done or wait.", registry=r)
        self.documents = Gauge("lsqa_documents", "Documents in the library.", registry=r)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def answer(self, answer: Answer) -> None:
        self._answers.labels(answer.status, answer.mode).inc()
        for stage, milliseconds in answer.trace.timings_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)
