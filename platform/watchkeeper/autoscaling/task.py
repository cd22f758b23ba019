"""One task of a simulated service: how it answers to load, how long it takes to start and to stop, what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """How one task answers to load.

    cpu_ms: of one vCPU a request. vcpu, memory_gib: of a task. start_s, start_spread_s: mean and deviation of the time
    until a task runs; health_check_s: interval of the first health check, which comes at some moment of it.
    delay_s, quick_delay_s: from the end of a datapoint until its alarm acts, at 60 s and at 20 s.
    max_wait_s: longest acceptable queue; a minute that exceeds it, or drops to no task, is a breach. timeout_s: after
    which requests that wait are given up. drain_s: deregistration delay, for which a task that takes no new requests
    runs on. memory_percent, full_memory_percent: of an idle task and of one at 100 % CPU. own_metrics: by the id of a
    policy on a metric of one's own, its value at one request per second and task. spot_ratio: share of the tasks on
    Fargate Spot, beyond the first `on_demand_base`; spot_price_ratio: what that costs of the price on demand.
    Source of the delays: AWS's own benchmark of 2026-06, 363 s and 86 s from load to scale-out.
    """

    cpu_ms: float = 10.0
    vcpu: float = 0.5
    memory_gib: float = 1.0
    memory_percent: float = 40.0
    full_memory_percent: float = 40.0
    start_s: float = 45.0
    start_spread_s: float = 10.0
    health_check_s: float = 15.0
    delay_s: float = 153.0
    quick_delay_s: float = 16.0
    max_wait_s: float = 1.0
    timeout_s: float = 60.0
    drain_s: float = 300.0
    own_metrics: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    spot_ratio: float = 0.0
    spot_price_ratio: float = 0.3
    on_demand_base: int = 0
    vcpu_hour_usd: float = 0.04048
    gib_hour_usd: float = 0.004445

    def memory_at(self, cpu_percent: float) -> float:
        """Memory of a task, in percent of what it reserves."""
        return self.memory_percent + (self.full_memory_percent - self.memory_percent) * cpu_percent / 100

    @property
    def capacity_rps(self) -> float:
        """Requests per second that one task can serve."""
        return self.vcpu * 1000 / self.cpu_ms
