/** The kernel's messages as records of the journal. */
package org.cloudos.journal.kernel;
