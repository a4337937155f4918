package org.cloudos.config;

/** Where a value comes from. Of two layers the one that stands later wins. */
public enum Layer {
    /** The bundle's own, from its Metatype. */
    DEFAULT,
    /** {@code config.yaml} in the profile's home, and the profile's framework properties. */
    PROFILE,
    /** {@code DATA/config/machine.yaml}, which commands write. */
    MACHINE,
    /** {@code DATA/config/conf.d/*.yaml} in the order of their names. */
    SITE,
    /** Environment variables {@code CLOUDOS_SECTION_NAME}. */
    ENVIRONMENT,
    /** {@code ./cloudos run --set KEY=VALUE}: system properties {@code cloudos.set.KEY} and {@code cloudos.KEY}. */
    COMMAND_LINE
}
