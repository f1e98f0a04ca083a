/** The headers of every answer. */
export const REQUEST_ID_HEADERS = {
  'x-openstack-request-id': { $ref: '#/components/headers/RequestId' },
  'x-compute-request-id': { $ref: '#/components/headers/RequestId' },
};
