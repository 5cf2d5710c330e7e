package io.tallymark.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** One thing that goes wrong. It is over, or somebody can mend it, when {@link #strike} returns. */
enum Fault {
    KILL_TASK_MANAGER {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) {
            anyTaskManager(stack, random).kill();
        }
    },
    KILL_BOTH_TASK_MANAGERS {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) {
            stack.flink().taskManager(0).kill();
            stack.flink().taskManager(1).kill();
        }
    },
    KILL_JOB_MANAGER {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) {
            stack.flink().jobManager().kill();
        }
    },
    KILL_REPORTER {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) {
            stack.reporter().taskManager(0).kill();
        }
    },
    KILL_REPORTERS_JOB_MANAGER {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) {
            stack.reporter().jobManager().kill();
        }
    },
    KILL_KAFKA {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) throws IOException {
            stack.kafka().process().kill();
            Pause.of(between(random, 0, 3));
            stack.kafka().tend();
        }
    },
    KILL_DATABASE {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) throws IOException, InterruptedException {
            stack.postgres().kill();
            Pause.of(between(random, 0, 3));
            stack.postgres().startAgain();
        }
    },
    /** It is taken for dead, its work goes on elsewhere, and then it wakes up: a zombie. */
    FREEZE_TASK_MANAGER {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) throws IOException, InterruptedException {
            freeze(anyTaskManager(stack, random), FlinkConf.HEARTBEAT_TIMEOUT.plus(between(random, 1, 8)));
        }
    },
    FREEZE_JOB_MANAGER {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) throws IOException, InterruptedException {
            freeze(stack.flink().jobManager(), FlinkConf.HEARTBEAT_TIMEOUT.plus(between(random, 1, 5)));
        }
    },
    /** The partitions lose their leader and get it back. */
    FREEZE_KAFKA {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) throws IOException, InterruptedException {
            freeze(stack.kafka().process(), KafkaServer.SESSION.plus(between(random, 1, 5)));
        }
    },
    FREEZE_STRIPE {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) throws IOException, InterruptedException {
            freeze(stack.simulator().process(), between(random, 1, 8));
        }
    },
    CUT_DATABASE {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) {
            cut(stack.postgres().proxy(), random);
        }
    },
    CUT_KAFKA {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) {
            cut(stack.kafka().proxy(), random);
        }
    },
    CUT_STRIPE {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) {
            cut(stack.simulator().proxy(), random);
        }
    },
    /** Flink's processes cannot write files any more: checkpoints, RocksDB, logs. */
    FILL_DISK {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) throws IOException, InterruptedException {
            List<ChaosProcess> processes = new ArrayList<>(stack.flink().alive());
            processes.addAll(stack.reporter().alive());
            long bytes = random.nextInt(20_000);
            for (ChaosProcess process : processes) {
                Signals.fillDisk(process.pid(), bytes);
            }
            Pause.of(between(random, 2, 8));
            for (ChaosProcess process : processes) {
                if (process.isAlive()) {
                    Signals.freeDisk(process.pid());
                }
            }
        }
    },
    STOP_AND_RESCALE {
        @Override
        void strike(ChaosStack stack, RandomGenerator random) throws IOException, InterruptedException {
            stack.flink().rescale(random.nextInt(1, stack.flink().size() + 2));
        }
    };

    private static final Set<Fault> REPORTING =
            EnumSet.of(KILL_REPORTER, KILL_REPORTERS_JOB_MANAGER, FREEZE_STRIPE, CUT_STRIPE);
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

    abstract void strike(ChaosStack stack, RandomGenerator random) throws IOException, InterruptedException;

    /** Whether it holds up reports and not metering. */
    boolean holdsUpReports() {
        return REPORTING.contains(this);
    }

    /** Those that this machine can do. */
    static List<Fault> possible() {
        return List.of(values()).stream()
                .filter(fault -> fault != FILL_DISK || Files.isExecutable(PRLIMIT))
                .toList();
    }

    private static ChaosProcess anyTaskManager(ChaosStack stack, RandomGenerator random) {
        return stack.flink().taskManager(random.nextInt(stack.flink().size()));
    }

    private static void freeze(ChaosProcess process, Duration time) throws IOException, InterruptedException {
        if (!process.isAlive()) {
            return;
        }
        process.freeze();
        Pause.of(time);
        process.wake();
    }

    /** Connections break and none can be made, or nothing arrives and then all of it. */
    private static void cut(LoopbackProxy proxy, RandomGenerator random) {
        if (random.nextBoolean()) {
            proxy.cut();
        } else {
            proxy.holdAll();
        }
        Pause.of(between(random, 1, 9));
        proxy.mend();
    }

    private static Duration between(RandomGenerator random, int leastSeconds, int mostSeconds) {
        return Duration.ofMillis(random.nextInt(leastSeconds * 1_000, mostSeconds * 1_000));
    }
}
