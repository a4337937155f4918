/**
 * The web console's pages: what they show as JSON, and the files that they are made of. Each page has a servlet that is there
 * while the API that it shows is there. Nobody outside uses this package.
 */
package org.cloudos.web.pages;
