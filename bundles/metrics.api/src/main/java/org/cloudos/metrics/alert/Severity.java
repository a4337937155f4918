package org.cloudos.metrics.alert;

/** How bad it is. {@code WARNING}: look at it in the day. {@code CRITICAL}: now. */
public enum Severity { INFO, WARNING, CRITICAL }
