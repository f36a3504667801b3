/** `group`: one instance of the service handles each event; `broadcast`: every instance does. */
export type Delivery = 'group' | 'broadcast';
