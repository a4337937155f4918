package org.cloudos.health;

import java.time.Duration;
import java.util.Locale;
import org.cloudos.metrics.alert.AlertRule;
import org.cloudos.metrics.alert.Severity;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** A rule from a configuration; what is wrong with it is said where rules are listed. */
@Component(service = ConfiguredRule.class, configurationPid = "org.cloudos.health.rule", configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = ConfiguredRule.Config.class, factory = true)
public final class ConfiguredRule {
    /** Settings. */
    @ObjectClassDefinition(name = "Alert rule", description = "When to alert; one that has the name of a built-in rule takes its place")
    public @interface Config {
        /** Its name. */
        @AttributeDefinition(name = "Name", description = "A word: letters, digits, _")
        String name();

        /** What must hold. */
        @AttributeDefinition(name = "Expression", description = "Part of PromQL, such as rate(x_total[5m]) > 0.9; empty turns the rule off", required = false)
        String expression() default "";

        /** How long. */
        @AttributeDefinition(name = "For", description = "Seconds that it must hold without a pause", min = "0", max = "86400")
        int hold() default 60;

        /** How bad. */
        @AttributeDefinition(name = "Severity", options = {@Option(label = "info", value = "info"),
            @Option(label = "warning", value = "warning"), @Option(label = "critical", value = "critical")})
        String severity() default "warning";

        /** What to say. */
        @AttributeDefinition(name = "Summary", description = "One sentence; {{value}} and {{label}} are replaced", required = false)
        String summary() default "";
    }

    private final AlertRule rule;

    /** Reads it. */
    @Activate
    public ConfiguredRule(Config config) {
        String name = config.name() == null ? "" : config.name();
        String problem = wrongName(name);
        Severity severity = Severity.WARNING;
        try {
            severity = Severity.valueOf(config.severity().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            problem = "expected the severity info, warning or critical, found " + config.severity();
        }
        rule = new AlertRule(name, config.expression(), Duration.ofSeconds(Math.clamp(config.hold(), 0, 86_400)), severity,
                config.summary().isEmpty() ? config.expression() : config.summary(), problem);
    }

    /** What is wrong with a name; empty for a right one. */
    static String wrongName(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_]{0,99}") ? "" : "expected a name of letters, digits and _, found \"" + name + "\"";
    }

    AlertRule rule() {
        return rule;
    }
}
