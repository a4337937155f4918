/** The journal as a service of the system, with its settings, metrics and health. */
package org.cloudos.journal.service;
