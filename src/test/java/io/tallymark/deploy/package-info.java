/** What a deployment is made of beside the job: roles, manifests, TLS. */
@NullMarked
package io.tallymark.deploy;

import org.jspecify.annotations.NullMarked;
