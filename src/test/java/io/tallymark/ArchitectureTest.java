package io.tallymark;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.tallymark.table.SchemaMigration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may know whom: cli → TallymarkJob → topology → config → stages → database, async → usage. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.tallymark");

    private static final String[] JOB_SIDE = {
        "io.tallymark",
        "io.tallymark.usage..",
        "io.tallymark.database..",
        "io.tallymark.async..",
        "io.tallymark.ingest..",
        "io.tallymark.deadletter..",
        "io.tallymark.dedup..",
        "io.tallymark.aggregate..",
        "io.tallymark.intake..",
        "io.tallymark.table..",
        "io.tallymark.report..",
        "io.tallymark.stripe..",
        "io.tallymark.reconcile..",
        "io.tallymark.config..",
        "io.tallymark.topology.."
    };

    /** What every stage may know. */
    private static final String[] SHARED = {"io.tallymark.usage..", "io.tallymark.database..", "io.tallymark.async.."};

    @Test
    void usageImportsNothingOfOurs() {
        check(noClasses()
                .that()
                .resideInAPackage("io.tallymark.usage..")
                .should()
                .dependOnClassesThat(
                        resideInAPackage("io.tallymark..").and(not(resideInAPackage("io.tallymark.usage.."))))
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.flink.."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ingest",
                "deadletter",
                "dedup",
                "aggregate",
                "intake",
                "table",
                "report",
                "stripe",
                "reconcile",
                "simulator"
            })
    void stageKnowsOnlyWhatIsShared(String stage) {
        String own = "io.tallymark." + stage + "..";
        check(noClasses()
                .that()
                .resideInAPackage(own)
                .should()
                .dependOnClassesThat(resideInAPackage("io.tallymark..")
                        .and(not(resideInAPackage(own)).and(not(resideInAnyPackage(SHARED))))));
    }

    @Test
    void sharedToolsKnowOnlyTheSharedWords() {
        check(noClasses()
                .that()
                .resideInAnyPackage("io.tallymark.database..", "io.tallymark.async..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.tallymark..").and(not(resideInAnyPackage(SHARED)))));
    }

    @Test
    void ratingIsPure() {
        check(noClasses()
                .that()
                .resideInAPackage("io.tallymark.rating..")
                .should()
                .dependOnClassesThat(not(resideInAnyPackage(
                        "io.tallymark.rating..", "java.lang..", "java.math..", "java.util..", "org.jspecify.."))));
    }

    @Test
    void configKnowsOnlyTheStages() {
        check(noClasses()
                .that()
                .resideInAPackage("io.tallymark.config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.tallymark", "io.tallymark.topology.."));
    }

    @Test
    void topologyDoesNotKnowTheJob() {
        check(noClasses()
                .that()
                .resideInAPackage("io.tallymark.topology..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.tallymark"));
    }

    @Test
    void whatRunsInTheJobKnowsNothingOfTheLauncher() {
        check(noClasses()
                .that()
                .resideInAnyPackage(JOB_SIDE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.tallymark.cli..",
                        "io.tallymark.audit..",
                        "io.tallymark.upgrade..",
                        "io.tallymark.customers..",
                        "io.tallymark.rating..",
                        "io.tallymark.billing..",
                        "io.tallymark.catalog..",
                        "io.tallymark.close..",
                        "io.tallymark.preview..",
                        "io.tallymark.embedded..",
                        "io.tallymark.simulator..",
                        "io.tallymark.webhook..",
                        "picocli.."));
    }

    @Test
    void flywayIsSeenByTheMigrationOnly() {
        check(noClasses()
                .that(not(type(SchemaMigration.class)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.flywaydb.."));
    }

    @Test
    void jobNeverMigrates() {
        check(noClasses()
                .that()
                .resideInAnyPackage(JOB_SIDE)
                .should()
                .dependOnClassesThat(type(SchemaMigration.class)));
    }

    @Test
    void stripeJavaIsSeenByStripeOnly() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.tallymark.stripe..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.stripe.."));
    }

    @Test
    void simulatorIsUsedByTheLauncherAndTheEmbeddedPartsOnly() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("io.tallymark.simulator..", "io.tallymark.cli..", "io.tallymark.embedded..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.tallymark.simulator.."));
    }

    @Test
    void packagesHaveNoCycles() {
        check(slices().matching("io.tallymark.(*)..").should().beFreeOfCycles());
        check(slices().matching("io.tallymark.simulator.(*)..").should().beFreeOfCycles());
    }

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }
}
