/** Health checks of the machine and the JVM. Each is a service of Apache Felix Health Check; what it says is for an operator. */
package org.cloudos.health.checks;
