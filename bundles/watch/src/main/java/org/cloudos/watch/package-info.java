/**
 * Deploys the jars of a folder that File Install watches. File Install finds them; {@link org.cloudos.watch.DropBox}
 * takes them before File Install would install them itself, so that each change is a transaction with trial and
 * rollback. Jars that come together are one transaction.
 */
package org.cloudos.watch;
