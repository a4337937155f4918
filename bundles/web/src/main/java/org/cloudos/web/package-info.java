/**
 * The web's front door: TLS, login, sessions, and the servlet context {@code org.cloudos.web} that admits only who is logged
 * in. Nobody outside uses this package; servlets select the context by its name.
 */
package org.cloudos.web;
